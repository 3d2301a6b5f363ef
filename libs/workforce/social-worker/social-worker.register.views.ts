import { IsIn, IsNotEmpty, IsOptional, IsString, IsUUID, MaxLength } from 'class-validator';
import { sql, type AliasableExpression, type RawBuilder, type SqlBool } from 'kysely';
import { everyRole } from '@lib/access/roles.js';
import { PageAsk, pageSize } from '@lib/platform/cqrs/asking.views.js';
import { IsTrueOrFalse } from '@lib/platform/cqrs/true-or-false.js';
import { view, type Looking } from '@lib/platform/cqrs/views.js';
import type { Reach } from '@lib/platform/kernel/access.js';
import { firstOfEach } from '@lib/platform/read-store/first-of-each.js';
import { fewIds, isAmong } from '@lib/platform/read-store/id-list.js';
import { holds, now } from '@lib/platform/read-store/moment.js';
import {
  isPersonSought,
  isSpelled,
  orderOfPeople,
  personOrders,
  type PersonOrder,
} from '@lib/platform/read-store/person-search.js';
import { shownName, shownPhones } from '@lib/platform/read-store/person-shown.js';
import type { Reader } from '@lib/platform/read-store/reader.js';
import { pageOf } from '@lib/platform/read-store/reading.js';
import {
  professionalLevels,
  professionalStatuses,
  serviceFields,
  type ProfessionalLevel,
  type ProfessionalStatus,
  type ServiceField,
} from './social-worker.events.js';
import { workerStages, type SocialWorkerRow, type WorkerStage, type WorkerTables } from './social-worker.views.js';

/** What to look for in the register, and in which order to show it. */
export class WorkerRegisterAsk extends PageAsk {
  /**
   * A part of the name, the beginning of its pinyin or of its initials, or the last four of the phone.
   * Who sees masked names finds whole names only. @example "玉兰"
   */
  @IsOptional() @IsString() @IsNotEmpty() @MaxLength(60) readonly q?: string;
  /** @example "INTERMEDIATE" */
  @IsOptional() @IsIn(professionalLevels) readonly level?: ProfessionalLevel;
  /** @example "CERTIFIED" */
  @IsOptional() @IsIn(professionalStatuses) readonly status?: ProfessionalStatus;
  /** @example "ACTIVE" */
  @IsOptional() @IsIn(workerStages) readonly stage?: WorkerStage;
  /** @example "ELDERLY" */
  @IsOptional() @IsIn(serviceFields) readonly specialism?: ServiceField;
  /** Workers whose home is this division or lies under it. @example "0b8f6f6e-0d4e-4c57-9a55-0c6f0a1b2c02" */
  @IsOptional() @IsUUID() readonly divisionId?: string;
  /** Whether the worker is the own worker of a station. @example true */
  @IsOptional() @IsTrueOrFalse() readonly posted?: boolean;
  /** The worker of this station. @example "0b8f6f6e-0d4e-4c57-9a55-0c6f0a1b2c11" */
  @IsOptional() @IsUUID() readonly stationId?: string;
  /** By pinyin, or by day of registration; who sees masked names gets the latter. @example "name" */
  @IsOptional() @IsIn(personOrders) readonly sort?: PersonOrder;
  /** @example "asc" */
  @IsOptional() @IsIn(['asc', 'desc']) readonly direction?: 'asc' | 'desc';
}

/** A worker in the register. */
export class RegisteredWorker {
  readonly workerId!: string;
  /** Masked, or null, for those who may not see it. @example "李玉兰" */
  readonly name!: string | null;
  /** The highest one that was verified. @example "INTERMEDIATE" */
  readonly level!: ProfessionalLevel | null;
  /** @example "CERTIFIED" */
  readonly status!: ProfessionalStatus;
  /** @example "ACTIVE" */
  readonly stage!: WorkerStage;
  readonly homeDivisionId!: string;
  /** @example "北山街道" */
  readonly homeDivisionName!: string | null;
  /** The station whose own worker it is. */
  readonly stationId!: string | null;
  /** @example "丹英社区社工服务站" */
  readonly stationName!: string | null;
  /** @example "138****0000" */
  readonly phone!: string | null;
  /** @example "2026-03-02" */
  readonly registeredOn!: string;
}

/** A page of the register. */
export class WorkerRegister {
  readonly rows!: RegisteredWorker[];
  /** Send it as `cursor` for the page behind this one; null on the last page. */
  readonly next!: string | null;
}

/** The first text behind all that begin with `start`, which is in a-z and 0-9; undefined when there is none. */
export function endOfRange(start: string): string | undefined {
  const kept = start.replace(/z+$/, '');
  if (kept === '') return undefined;
  const last = kept.at(-1)!;
  return kept.slice(0, -1) + (last === '9' ? 'a' : String.fromCharCode(last.charCodeAt(0) + 1));
}

const beginsWith = (column: string, start: string): RawBuilder<SqlBool> => {
  const end = endOfRange(start);
  const behind = end === undefined ? sql`` : sql` and ${sql.ref(column)} < ${end}`;
  return sql<SqlBool>`(${sql.ref(column)} >= ${start}${behind})`;
};

const isSpelledSo = (letters: string): RawBuilder<SqlBool> => {
  // Spelling and initials begin with the same letter, so the search can start there.
  const [first] = letters;
  return sql`(${beginsWith('w.spelling', first!)} and (${beginsWith('w.spelling', letters)} or ${beginsWith('w.initials', letters)}))`;
};

/** @returns the divisions that both a place and a reach leave; undefined for all */
function bothOf(place: readonly string[] | undefined, { all, divisionIds }: Reach): readonly string[] | undefined {
  if (all) return place;
  if (!place) return divisionIds;
  const reached = new Set(divisionIds);
  return place.filter(id => reached.has(id));
}

export const workerRegister = view('workerRegister', {
  at: 'social-workers',
  by: everyRole,
  asks: WorkerRegisterAsk,
  answers: WorkerRegister,
  words: { zh: '社工人才库', en: 'The register of workers: search, filter, sort' },
  async answer(ask, looking: Looking<Reader>) {
    const { reader, reach, sight, under } = looking;
    const { q, level, status, stage, specialism, divisionId, posted, stationId, cursor } = ask;
    const tables = reader.tables<WorkerTables>();
    const place = divisionId === undefined ? undefined : under(divisionId);
    const within = bothOf(place, reach);

    let found = tables.selectFrom('socialWorker as w').selectAll('w');
    if (q !== undefined) found = found.where(isPersonSought('w', q, sight, isSpelledSo));
    if (level !== undefined) found = found.where('w.level', '=', level);
    if (status !== undefined) found = found.where('w.status', '=', status);
    if (stage !== undefined) found = found.where('w.stage', '=', stage);
    if (specialism !== undefined) found = found.where(sql<SqlBool>`w.specialisms @> ${[specialism]}::text[]`);
    if (posted !== undefined) found = found.where('w.stationId', posted ? 'is not' : 'is', null);
    if (stationId !== undefined) found = found.where('w.stationId', '=', stationId);
    const paging = { by: orderOfPeople('w', 'workerId', ask, sight), after: cursor, limit: pageSize(ask) };
    // Of a place most people have these; whoever has anything else is soon collected and sorted.
    const isOfMany =
      [q, level, status, specialism, stationId].every(asked => asked === undefined) &&
      (stage === undefined || stage === 'ACTIVE');
    if (within && !isOfMany) found = found.where(isAmong('w.homeDivisionId', within));
    // `offset 0`: collect who was asked for, then sort them. The planner believes that they are spread evenly over the order of names,
    // and would walk that order nearly to its end.
    if ((!isOfMany && within && within.length <= fewIds) || (q !== undefined && !isSpelled(q))) found = found.offset(0);
    const shown: AliasableExpression<SocialWorkerRow> =
      within && isOfMany ? firstOfEach(within, 'w.homeDivisionId', found, paging) : found;

    const query = tables
      .selectFrom(shown.as('w'))
      .select(['w.workerId', 'w.name', 'w.spelling', 'w.level', 'w.status', 'w.stage', 'w.homeDivisionId', 'w.stationId'])
      .select(['w.phone', 'w.registeredOn'])
      // Looked up behind the limit, for the rows of the page alone.
      .select(({ selectFrom }) => [
        selectFrom('division as d')
          .whereRef('d.divisionId', '=', 'w.homeDivisionId')
          .where(holds('d', now))
          .select('d.name')
          .as('homeDivisionName'),
        selectFrom('serviceStation as s')
          .whereRef('s.stationId', '=', 'w.stationId')
          .where(holds('s', now))
          .select('s.name')
          .as('stationName'),
      ]);
    const { rows, next } = await pageOf(query, paging);
    const phones = await shownPhones(rows, looking);
    return {
      body: {
        rows: rows.map((row, at) => ({
          workerId: row.workerId,
          name: shownName(row.name, sight),
          level: row.level,
          status: row.status,
          stage: row.stage,
          homeDivisionId: row.homeDivisionId,
          homeDivisionName: row.homeDivisionName,
          stationId: row.stationId,
          stationName: row.stationName,
          phone: phones[at]!,
          registeredOn: row.registeredOn,
        })),
        next: next ?? null,
      },
    };
  },
});
