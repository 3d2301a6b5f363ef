import { Link, useNavigate } from '@tanstack/react-router';
import { Input } from 'antd';
import { useState } from 'react';
import { useClear } from '../shell/clear.tsx';
import { day } from '../shell/dates.ts';
import { useRemembered } from '../shell/drafts.ts';
import { useWords } from '../shell/language.ts';
import { PageHead, Section } from '../shell/page.tsx';
import { filterOf, HistoryFilters, type Wanted } from './history-filters.tsx';
import { historyBy } from './queries.ts';
import { Timeline } from './timeline.tsx';

const commandId = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;

/** Opens a command by the id that stands on a receipt or in a history. */
function FindCommand() {
  const { say } = useWords();
  const clear = useClear();
  const navigate = useNavigate();
  const [wrong, setWrong] = useState(false);
  const find = (text: string) => {
    const id = text.trim().toLowerCase();
    setWrong(id !== '' && !commandId.test(id));
    if (commandId.test(id)) void navigate({ to: '/commands/$commandId', params: { commandId: id } });
  };
  return (
    <div className="find-command">
      <Input.Search
        allowClear={clear}
        placeholder={say('audit.findCommand')}
        aria-label={say('audit.findCommand')}
        enterButton={say('shell.find')}
        status={wrong ? 'error' : ''}
        onSearch={find}
        onChange={() => setWrong(false)}
      />
      <span role="alert">{wrong ? say('audit.notAnId') : ''}</span>
    </div>
  );
}

/** Everything that happened within one's places: by whom, where, of which kind and when. */
export function AuditPage() {
  const { say } = useWords();
  const [wanted, setWanted] = useRemembered<Wanted>('audit wanted', {});
  return (
    <>
      <PageHead
        title={say('audit.title')}
        beside={
          <span className="quiet">
            {wanted.until ? say('scrutiny.asOfShown', { date: day(wanted.until) }) : say('scrutiny.latestFirst')}
          </span>
        }
        actions={
          <>
            <Link to="/taken-lists">{say('audit.taken')}</Link>
            <Link to="/structure">{say('audit.structure')}</Link>
          </>
        }
      />
      <Section title={say('audit.everything')} extra={<FindCommand />}>
        <HistoryFilters wanted={wanted} want={setWanted} />
        <Timeline history={historyBy(filterOf(wanted))} />
      </Section>
    </>
  );
}
