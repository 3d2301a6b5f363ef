import { IsOptional, IsUUID, Matches, MaxLength } from 'class-validator';
import { sql } from 'kysely';
import { auditor, oversight, registrar } from '@lib/access/roles.js';
import { PageAsk, pageSize } from '@lib/platform/cqrs/asking.views.js';
import { IsCalendarDate } from '@lib/platform/cqrs/calendar-date.js';
import { InvalidCommand } from '@lib/platform/cqrs/no.js';
import { filtersInWords } from '@lib/platform/cqrs/sheet-filters.js';
import { sheetNamed, sheetNames } from '@lib/platform/cqrs/module-table.js';
import { view, type Looking } from '@lib/platform/cqrs/views.js';
import type { Words } from '@lib/platform/kernel/event.js';
import type { Reader } from '@lib/platform/read-store/reader.js';
import { BadCursor, cursorOf, isUnreadable, readCursor } from '@lib/platform/read-store/reading.js';
import { HistoryActor, namesOfActors } from '../history/history-entry.views.js';
import { labelOf } from '../history/labels.js';

/** A list that somebody took away as a file. */
export class TakenList {
  /** The id of this entry. @example "0b8f6f6e-0d4e-4c57-9a55-0c6f0a1b2c71" */
  readonly takenId!: string;
  /** When it left: ISO 8601 in UTC. @example "2026-03-02T02:00:00.000Z" */
  readonly takenAt!: string;
  readonly actor!: HistoryActor;
  /** Which list, by its name. @example "volunteerSheet" */
  readonly sheet!: string;
  /** What that list is called. @example "志愿者名册" */
  readonly words!: string;
  /** How many rows it had. @example 42 */
  readonly rows!: number;
  /** What it was narrowed down to, in words. @example ["居住地:北山街道"] */
  readonly filters!: string[];
  /** Whether something was searched for as well; what, is not kept, as it may be a name. @example false */
  readonly searched!: boolean;
  /** It held every fact up to there. @example "13021" */
  readonly position!: string;
}

/** What was taken away, the latest first. */
export class TakenLists {
  readonly rows!: TakenList[];
  /** Asks for what came before; null at the beginning. */
  readonly next!: string | null;
}

/** Which of them; every filter can stand beside every other. */
export class TakenListsAsk extends PageAsk {
  /** Only what this account took. @example "0b8f6f6e-0d4e-4c57-9a55-0c6f0a1b2c41" */
  @IsOptional() @Matches(/^[\w:-]{1,100}$/) readonly actor?: string;
  /** Only of this list. @example "volunteerSheet" */
  @IsOptional() @MaxLength(100) readonly sheet?: string;
  /** Only what had a row about this worker, volunteer or station. @example "0b8f6f6e-0d4e-4c57-9a55-0c6f0a1b2c31" */
  @IsOptional() @IsUUID() readonly subjectId?: string;
  /** Only what was taken on this day or later, in Asia/Shanghai. @example "2026-03-01" */
  @IsOptional() @IsCalendarDate() readonly from?: string;
  /** Only what was taken on this day or earlier, in Asia/Shanghai. @example "2026-03-31" */
  @IsOptional() @IsCalendarDate() readonly to?: string;
}

const wrong = (pointer: string, code: string, words: Words) =>
  new InvalidCommand('validation-failed', words, [{ pointer, code, words }]);

function requireSense({ sheet, from, to }: TakenListsAsk, today: string): void {
  if (sheet !== undefined && !sheetNamed(sheet)) {
    const known = sheetNames().join(', ');
    throw wrong('sheet', 'isSheet', {
      zh: `没有“${sheet}”这份名册;有:${known}`,
      en: `no list is called “${sheet}”; there are: ${known}`,
    });
  }
  if (from !== undefined && from > today) {
    throw wrong('from', 'isPast', { zh: '起始日期不能晚于今天', en: 'the first day must not lie ahead' });
  }
  if (from !== undefined && to !== undefined && from > to) {
    throw wrong('to', 'isAfter', { zh: '结束日期不能早于起始日期', en: 'the last day must not come before the first' });
  }
}

interface Row {
  readonly takenId: string;
  readonly takenAt: string;
  readonly accountId: string;
  readonly account: string;
  readonly roles: readonly string[];
  readonly sheet: string;
  readonly filters: Readonly<Record<string, unknown>>;
  readonly searched: boolean;
  readonly rows: number;
  readonly position: string;
}

async function rowsThatFit({ reader, reach }: Looking<Reader>, asked: TakenListsAsk): Promise<readonly Row[]> {
  const { actor, sheet, subjectId, from, to, cursor } = asked;
  const before = cursor === undefined ? undefined : readCursor('taken', 2, cursor);
  const conditions = [
    // Who may look into a place sees every file that somebody of that place stood in.
    ...(reach.all ? [] : [sql`t.division_ids && ${`{${reach.divisionIds.join(',')}}`}::uuid[]`]),
    ...(actor === undefined ? [] : [sql`t.account_id = ${actor}`]),
    ...(sheet === undefined ? [] : [sql`t.sheet = ${sheet}`]),
    ...(subjectId === undefined ? [] : [sql`t.subject_ids @> array[${subjectId}::uuid]`]),
    ...(from === undefined ? [] : [sql`t.taken_at >= ${`${from}T00:00:00+08:00`}::timestamptz`]),
    ...(to === undefined ? [] : [sql`t.taken_at < ${`${to}T00:00:00+08:00`}::timestamptz + interval '1 day'`]),
    ...(before === undefined ? [] : [sql`(t.taken_at, t.taken_id) < (${before[0]}::timestamptz, ${before[1]}::uuid)`]),
  ];
  const { rows } = await sql<Row>`
    select t.taken_id, to_char(t.taken_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as taken_at, t.account_id, t.account,
           t.roles, t.sheet, t.filters, t.searched, t.rows, t.position
      from access.taken_list t where ${sql.join([sql`true`, ...conditions], sql` and `)}
     order by t.taken_at desc, t.taken_id desc limit ${pageSize(asked) + 1}`
    .execute(reader.tables())
    .catch((error: unknown) => {
      throw before && isUnreadable(error) ? new BadCursor() : error;
    });
  return rows;
}

export const takenLists = view('takenLists', {
  at: 'taken-lists',
  by: [auditor, oversight, registrar],
  asks: TakenListsAsk,
  answers: TakenLists,
  words: { zh: '名册导出记录', en: 'Who took which list away as a file, when, narrowed down to what; the latest first' },
  async answer(asked: TakenListsAsk, looking: Looking<Reader>) {
    const { reader, language } = looking;
    requireSense(asked, reader.today());
    const found = await rowsThatFit(looking, asked);
    const shown = found.slice(0, pageSize(asked));
    const names = await namesOfActors(looking, [...new Set(shown.map(({ accountId }) => accountId))]);
    const rows = await Promise.all(
      shown.map(async ({ accountId, account, roles, filters, ...row }): Promise<TakenList> => {
        const sheet = sheetNamed(row.sheet);
        return {
          ...row,
          actor: {
            id: accountId,
            name: names.get(accountId) ?? account,
            role: roles.map(role => labelOf(role, language)).join(language === 'zh' ? '、' : ', '),
          },
          words: sheet?.words[language] ?? row.sheet,
          filters: sheet ? [...(await filtersInWords(sheet, filters, { reader, language, called: labelOf }))] : [],
        };
      }),
    );
    const last = shown.at(-1);
    return {
      body: { rows, next: last && found.length > shown.length ? cursorOf('taken', [last.takenAt, last.takenId]) : null },
    };
  },
});
