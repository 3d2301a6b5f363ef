import { IsOptional, IsUUID, Matches, MaxLength } from 'class-validator';
import { sql, type RawBuilder, type SqlBool } from 'kysely';
import { asOfPattern, PageAsk, pageSize } from '@lib/platform/cqrs/asking.views.js';
import { IsCalendarDate } from '@lib/platform/cqrs/calendar-date.js';
import { InvalidCommand } from '@lib/platform/cqrs/no.js';
import type { Looking } from '@lib/platform/cqrs/views.js';
import type { Reach } from '@lib/platform/kernel/access.js';
import { factCatalogue, type Words } from '@lib/platform/kernel/event.js';
import { firstOfEach } from '@lib/platform/read-store/first-of-each.js';
import { fewIds, isAmong } from '@lib/platform/read-store/id-list.js';
import { holds, now } from '@lib/platform/read-store/moment.js';
import type { Reader } from '@lib/platform/read-store/reader.js';
import { cursorOf, readCursor } from '@lib/platform/read-store/reading.js';

/** Which facts, up to when; every filter can stand beside every other. */
export class HistoryFilterAsk extends PageAsk {
  /** Only what this account did, or what acts by itself: an id, or a name such as `policy:relieve-suspended-worker`. @example "0b8f6f6e-0d4e-4c57-9a55-0c6f0a1b2c41" */
  @IsOptional() @Matches(/^[\w:-]{1,100}$/) readonly actor?: string;
  /** Only what happened in a unit: a division with everything below it, a center with all stations that it has or had, or a station. @example "0b8f6f6e-0d4e-4c57-9a55-0c6f0a1b2c02" */
  @IsOptional() @IsUUID() readonly unitId?: string;
  /** Only facts of this type. @example "SocialWorkerAssigned" */
  @IsOptional() @MaxLength(100) readonly fact?: string;
  /** Only what was recorded on this day or later, in Asia/Shanghai. @example "2026-03-01" */
  @IsOptional() @IsCalendarDate() readonly from?: string;
  /** Only what was recorded on this day or earlier, in Asia/Shanghai. @example "2026-03-31" */
  @IsOptional() @IsCalendarDate() readonly to?: string;
  /** As it was known then: a position of the log, or an instant (ISO 8601). @example "13021" */
  @IsOptional() @Matches(asOfPattern) readonly asOf?: string;
}

const wrong = (pointer: string, code: string, words: Words) =>
  new InvalidCommand('validation-failed', words, [{ pointer, code, words }]);

function requireSense({ fact, from, to }: HistoryFilterAsk, today: string): void {
  if (fact !== undefined && !factCatalogue.has(fact)) {
    throw wrong('fact', 'isFact', { zh: `没有“${fact}”这种事实`, en: `no fact is called “${fact}”` });
  }
  if (from !== undefined && from > today) {
    throw wrong('from', 'isPast', { zh: '起始日期不能晚于今天', en: 'the first day must not lie ahead' });
  }
  if (from !== undefined && to !== undefined && from > to) {
    throw wrong('to', 'isAfter', { zh: '结束日期不能早于起始日期', en: 'the last day must not come before the first' });
  }
}

/** Positions behind `after`, up to and with `upTo`; a period is one, since times only ever rise with positions. */
interface Stretch {
  readonly after?: string | undefined;
  readonly upTo?: string | undefined;
}

async function stretchOf({ reader }: Looking<Reader>, { asOf, from, to }: HistoryFilterAsk): Promise<Stretch> {
  const endOf = async (instant: Date) => (await reader.moment({ asOf: instant.toISOString() })).asOf;
  const known = (await reader.moment({ asOf })).asOf;
  const after = from === undefined ? undefined : await endOf(new Date(Date.parse(`${from}T00:00:00+08:00`) - 1));
  const ended = to === undefined || to >= reader.today() ? undefined : await endOf(new Date(`${to}T23:59:59.999+08:00`));
  const ends = [known, ended].flatMap(end => (end === undefined ? [] : [BigInt(end)]));
  return { after, upTo: ends.length === 0 ? undefined : String(ends.reduce((one, other) => (one < other ? one : other))) };
}

/** Where it happened: in one of these divisions, or to one of these things; anywhere when neither is there. */
interface Unit {
  readonly divisionIds?: readonly string[] | undefined;
  readonly subjectIds?: readonly string[];
}

const reaches = ({ all, divisionIds }: Reach, divisionId: string) => all || divisionIds.includes(divisionId);

/** @returns undefined for what does not exist or is out of reach */
async function unitOf({ reader, reach, under }: Looking<Reader>, unitId: string): Promise<Unit | undefined> {
  const divisionIds = under(unitId);
  if (!divisionIds) return reach.all ? {} : undefined;
  if (divisionIds.length > 0) return reaches(reach, unitId) ? { divisionIds } : undefined;
  const { rows } = await sql<{ divisionId: string; stationIds: readonly string[] }>`
    select c.division_id, array(select s.station_id from service_station s where s.center_id = c.center_id) as station_ids
    from service_center c where c.center_id = ${unitId}::uuid and ${holds('c', now)}
    union all
    select c.division_id, '{}' from service_station s join service_center c on c.center_id = s.center_id and ${holds('c', now)}
    where s.station_id = ${unitId}::uuid and ${holds('s', now)}`.execute(reader.tables());
  const [found] = rows;
  if (!found || !reaches(reach, found.divisionId)) return undefined;
  return { subjectIds: [...new Set([unitId, ...found.stationIds])] };
}

const both = (one: readonly string[] | undefined, other: readonly string[] | undefined) => {
  if (!one || !other) return one ?? other;
  const wanted = new Set(other);
  return one.filter(id => wanted.has(id));
};

type Condition = RawBuilder<unknown>;
const all = (conditions: readonly Condition[]): RawBuilder<SqlBool> => sql`(${sql.join([sql`true`, ...conditions], sql` and `)})`;

/** @param f alias of `recorded_fact` */
const conditionsOn = ({ actor, fact }: HistoryFilterAsk, { after, upTo }: Stretch, before: string | undefined): Condition[] => [
  ...(actor === undefined ? [] : [sql`f.actor = ${actor}`]),
  ...(fact === undefined ? [] : [sql`f.type = ${fact}`]),
  ...(after === undefined ? [] : [sql`f.position > ${after}::bigint`]),
  ...(upTo === undefined ? [] : [sql`f.position <= ${upTo}::bigint`]),
  ...(before === undefined ? [] : [sql`f.position < ${before}::bigint`]),
];

interface FactPlace {
  readonly position: string;
  readonly divisionId: string | null;
}

interface Sought {
  readonly conditions: readonly Condition[];
  /** Left out: everywhere. */
  readonly divisionIds: readonly string[] | undefined;
  readonly subjectIds: readonly string[] | undefined;
  readonly limit: number;
}

/** What one of several things was mentioned in: the latest of each by the index, then the latest of these. */
const mentionsOf = (ids: readonly string[], { conditions, divisionIds, limit }: Sought) => sql<{ position: string }>`
  select distinct mention.position from unnest(${ids}::uuid[]) as wanted(id) cross join lateral (
    select f.position from subject_fact s join recorded_fact f on f.position = s.position
    where s.subject_id = wanted.id and ${all(conditions)}
      and ${divisionIds ? isAmong('f.divisionId', divisionIds) : sql`true`}
    order by s.position desc limit ${limit}
  ) mention order by mention.position desc limit ${limit}`;

/** The latest of each division by an index, then the latest of these: as fast for a village as for a prefecture. */
const factsIn = (divisionIds: readonly string[], { conditions, limit }: Sought, reader: Reader) => {
  const found = reader
    .tables<{ recordedFact: FactPlace }>()
    .selectFrom('recordedFact as f')
    .selectAll('f')
    .where(all(conditions));
  const latest = firstOfEach(divisionIds, 'f.divisionId', found, {
    by: [{ ref: 'f.position', direction: 'desc' }],
    limit: limit - 1,
  });
  return sql<{ position: string }>`select f.position from ${latest} f order by f.position desc limit ${limit}`;
};

/** By actor or type there is an index that has the latest first; the place is looked at on the way. */
const factsAnywhere = ({ conditions, divisionIds, limit }: Sought) => sql<{ position: string }>`
  select f.position from recorded_fact f
  where ${all(conditions)} and ${divisionIds ? isAmong('f.divisionId', divisionIds) : sql`true`}
  order by f.position desc limit ${limit}`;

function queryFor(subjectId: string | undefined, sought: Sought, { actor, fact }: HistoryFilterAsk, reader: Reader) {
  if (subjectId === undefined) {
    if (sought.subjectIds) return mentionsOf(sought.subjectIds, sought);
    const { divisionIds } = sought;
    // What an actor never did in a wide place would be looked for in every part of it.
    const isOfActor = actor !== undefined && (fact === undefined || (divisionIds?.length ?? 0) > fewIds);
    return divisionIds && !isOfActor ? factsIn(divisionIds, sought, reader) : factsAnywhere(sought);
  }
  const { subjectIds } = sought;
  if (!subjectIds) return mentionsOf([subjectId], sought);
  const among = sql`exists (select from subject_fact u where u.position = f.position and u.subject_id = any(${subjectIds}::uuid[]))`;
  return mentionsOf([subjectId], { ...sought, conditions: [...sought.conditions, among] });
}

export interface PageOfPositions {
  /** The latest first. */
  readonly positions: readonly string[];
  readonly next: string | null;
}

/**
 * One page of the facts that are within reach and fit. A page begins behind the last position of the one before, so that facts which
 * arrive meanwhile move nothing.
 * @param subjectId only facts that mention it
 * @returns undefined where the unit does not exist or is out of reach
 * @throws InvalidCommand for a type that no fact has, or a period that ends before it begins
 */
export async function factsThatFit(
  looking: Looking<Reader>,
  asked: HistoryFilterAsk,
  subjectId?: string,
): Promise<PageOfPositions | undefined> {
  const { reader, reach } = looking;
  requireSense(asked, reader.today());
  const unit = asked.unitId === undefined ? {} : await unitOf(looking, asked.unitId);
  if (!unit) return undefined;
  const before = asked.cursor === undefined ? undefined : String(readCursor('history', 1, asked.cursor)[0]);
  const stretch = await stretchOf(looking, asked);
  const limit = pageSize(asked);
  const sought: Sought = {
    conditions: conditionsOn(asked, stretch, before),
    divisionIds: both(unit.divisionIds, reach.all ? undefined : reach.divisionIds),
    subjectIds: unit.subjectIds,
    limit: limit + 1,
  };
  const { rows } = await queryFor(subjectId, sought, asked, reader).execute(reader.tables());
  const positions = rows.slice(0, limit).map(({ position }) => position);
  return { positions, next: rows.length > limit ? cursorOf('history', [positions.at(-1)!]) : null };
}
