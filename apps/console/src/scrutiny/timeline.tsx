import { useInfiniteQuery } from '@tanstack/react-query';
import { Button } from 'antd';
import { day, moment } from '../shell/dates.ts';
import { useWords } from '../shell/language.ts';
import { Empty, Loading } from '../shell/page.tsx';
import { Refused } from '../shell/problem.ts';
import { CommandDetail } from './command-detail.tsx';
import type { HistoryEntry, historyBy } from './queries.ts';

const dateInJilin = (instant: string) =>
  new Intl.DateTimeFormat('en-CA', { timeZone: 'Asia/Shanghai' }).format(new Date(instant));

/** Facts of one command stand together: they happened at once. */
function commandsOf(rows: readonly HistoryEntry[]): readonly (readonly HistoryEntry[])[] {
  const groups: HistoryEntry[][] = [];
  for (const row of rows) {
    const last = groups.at(-1);
    if (last && row.commandId !== '' && last[0]!.commandId === row.commandId) last.push(row);
    else groups.push([row]);
  }
  return groups;
}

/** An account with its role; what acts by itself has none. */
export const nameOf = ({ id, name, role }: HistoryEntry['actor'], zh: boolean): string =>
  name === role || id.startsWith('policy:') ? name : zh ? `${name}(${role})` : `${name} (${role})`;

/** What a command's facts look at: the thing whose history it is, or else the first thing that it wrote about. */
export interface About {
  readonly category: string;
  readonly id: string;
}

export const aboutOf = (stream: string): About => ({
  category: stream.slice(0, stream.indexOf('-')),
  id: stream.slice(stream.indexOf('-') + 1),
});

function Command({ rows, about }: { rows: readonly HistoryEntry[]; about: About }) {
  const { say, zh } = useWords();
  const { recordedAt, effectiveOn, actor, because } = rows[0]!;
  return (
    <li>
      <time dateTime={recordedAt}>{moment(recordedAt)}</time>
      <div>
        {rows.toReversed().map(({ position, words }) => (
          <p key={position}>{words}</p>
        ))}
        <p className="quiet timeline-by">
          <span>{nameOf(actor, zh)}</span>
          {because ? <span>{because}</span> : null}
          {effectiveOn === dateInJilin(recordedAt) ? null : <span>{say('scrutiny.counts', { date: day(effectiveOn) })}</span>}
          {rows.length > 1 ? <span>{say('scrutiny.together', { count: rows.length })}</span> : null}
        </p>
        <CommandDetail {...about} rows={rows} />
      </div>
    </li>
  );
}

/** Nothing was known of it then, or nothing of that kind. */
const isUnknown = (error: Error) => error instanceof Refused && error.problem.status === 404;

/** @param about whose history it is; left out where it is that of everything */
export function Timeline({ history, about }: { history: ReturnType<typeof historyBy>; about?: About }) {
  const { say } = useWords();
  const { data, error, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery(history);
  const rows = data?.pages.flatMap(page => page.rows) ?? [];
  return (
    <>
      {!data && !error ? <Loading /> : null}
      {error && !data ? <Empty>{isUnknown(error) ? say('scrutiny.nothing') : error.message}</Empty> : null}
      {data && rows.length === 0 ? <Empty>{say('scrutiny.nothing')}</Empty> : null}
      <ol className="plain timeline">
        {commandsOf(rows).map(group => (
          <Command key={group[0]!.position} rows={group} about={about ?? aboutOf(group.at(-1)!.stream)} />
        ))}
      </ol>
      {hasNextPage ? (
        <div className="empty">
          <Button loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
            {say('shell.moreRows')}
          </Button>
        </div>
      ) : null}
    </>
  );
}
