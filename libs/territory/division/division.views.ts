import { IsIn, IsNotEmpty, IsOptional, IsString, IsUUID, Matches, MaxLength } from 'class-validator';
import { sql, type Kysely, type SqlBool } from 'kysely';
import { AtMomentAsk, PageAtMomentAsk, pageSize } from '@lib/platform/cqrs/asking.views.js';
import { anyone } from '@lib/platform/cqrs/by.js';
import { IsTrueOrFalse } from '@lib/platform/cqrs/true-or-false.js';
import { view, type Looking } from '@lib/platform/cqrs/views.js';
import { columns, nullable, projection, type RowOf } from '@lib/platform/kernel/projection.js';
import { holds, type Moment } from '@lib/platform/read-store/moment.js';
import { isNamed } from '@lib/platform/read-store/name-search.js';
import type { Reader } from '@lib/platform/read-store/reader.js';
import { pageOf } from '@lib/platform/read-store/reading.js';
import { spellingOf } from '@lib/platform/read-store/spelling.js';
import {
  DivisionAbolished,
  DivisionAbsorbed,
  DivisionChildJoined,
  DivisionChildLeft,
  DivisionClassified,
  DivisionDefined,
  divisionKinds,
  divisionLevels,
  DivisionMergedInto,
  DivisionPopulationRecorded,
  DivisionRecoded,
  DivisionRenamed,
  DivisionReparented,
  DivisionSplit,
  type DivisionKind,
  type DivisionLevel,
} from './division.events.js';

const added = (before: readonly string[], one: string) => (before.includes(one) ? before : [...before, one]);

/** Divisions as they are and as they were. */
export const divisions = projection(
  {
    name: 'division',
    version: 1,
    temporal: true,
    columns: {
      divisionId: columns.uuid,
      code: columns.text,
      name: columns.text,
      spelling: columns.text,
      initials: columns.text,
      level: columns.text,
      kind: columns.text,
      parentId: nullable(columns.uuid),
      centreRequired: columns.flag,
      /** ACTIVE, MERGED, SPLIT or ABOLISHED */
      status: columns.text,
      endedOn: nullable(columns.date),
      successorIds: columns.uuids,
      population: nullable(columns.integer),
      populationOn: nullable(columns.date),
      populationSource: nullable(columns.text),
      formerNames: columns.texts,
      formerCodes: columns.texts,
      revision: columns.integer,
    },
    key: ['divisionId'],
    indexes: [
      { columns: ['parentId'] },
      { columns: ['code'] },
      { columns: ['name'] },
      { columns: ['spelling'] },
      { columns: ['initials'] },
      { columns: ['successorIds'], kind: 'array' },
      { columns: ['formerCodes'], kind: 'array' },
    ],
  },
  on => {
    const own = ({ divisionId }: { readonly divisionId: string }) => ({ divisionId });
    return [
      on(DivisionDefined, own, (_, { divisionId, code, name, level, kind, parentId, centreRequired }, { revision }) => ({
        divisionId,
        code,
        name,
        ...spellingOf(name),
        level,
        kind,
        parentId: parentId ?? null,
        centreRequired,
        status: 'ACTIVE',
        endedOn: null,
        successorIds: [],
        population: null,
        populationOn: null,
        populationSource: null,
        formerNames: [],
        formerCodes: [],
        revision,
      })),
      on(
        DivisionRenamed,
        own,
        (row, { name }, { revision }) =>
          row && { ...row, name, ...spellingOf(name), formerNames: added(row.formerNames, row.name), revision },
      ),
      on(
        DivisionRecoded,
        own,
        (row, { code }, { revision }) => row && { ...row, code, formerCodes: added(row.formerCodes, row.code), revision },
      ),
      on(DivisionReparented, own, (row, { parentId }, { revision }) => row && { ...row, parentId, revision }),
      on(
        DivisionClassified,
        own,
        (row, { kind, centreRequired }, { revision }) => row && { ...row, kind, centreRequired, revision },
      ),
      on(
        DivisionMergedInto,
        own,
        (row, { successorId, on: endedOn }, { revision }) =>
          row && { ...row, status: 'MERGED', endedOn, successorIds: [successorId], revision },
      ),
      on(
        DivisionSplit,
        own,
        (row, { successorIds, on: endedOn }, { revision }) => row && { ...row, status: 'SPLIT', endedOn, successorIds, revision },
      ),
      on(
        DivisionAbolished,
        own,
        (row, { successorId, on: endedOn }, { revision }) =>
          row && { ...row, status: 'ABOLISHED', endedOn, successorIds: successorId === undefined ? [] : [successorId], revision },
      ),
      on(DivisionPopulationRecorded, own, (row, { population, countedOn, source }, { revision }) => {
        if (!row) return undefined;
        // An older count that is recorded late is history, not news.
        if (row.populationOn !== null && row.populationOn > countedOn) return { ...row, revision };
        return { ...row, population, populationOn: countedOn, populationSource: source, revision };
      }),
      // These only move the stream on, and with it the tag of its card.
      on(DivisionAbsorbed, own, (row, _, { revision }) => row && { ...row, revision }),
      on(DivisionChildJoined, own, (row, _, { revision }) => row && { ...row, revision }),
      on(DivisionChildLeft, own, (row, _, { revision }) => row && { ...row, revision }),
    ];
  },
);

type DivisionRow = RowOf<(typeof divisions)['columns']>;
interface Tables {
  readonly division: DivisionRow;
}

/** Which divisions to list. */
export class DivisionListAsk extends PageAtMomentAsk {
  /** The whole code, the present or a former one. @example "222401002" */
  @IsOptional() @Matches(/^\d{2,12}$/) readonly code?: string;
  /** A part of the name, or the beginning of its pinyin or initials. @example "bsjd" */
  @IsOptional() @IsString() @IsNotEmpty() @MaxLength(60) readonly name?: string;
  /** Only what belongs directly to it. @example "0b8f6f6e-0d4e-4c57-9a55-0c6f0a1b2c02" */
  @IsOptional() @IsUUID() readonly parentId?: string;
  /** @example "TOWNSHIP" */
  @IsOptional() @IsIn(divisionLevels) readonly level?: DivisionLevel;
  /** @example "SUBDISTRICT" */
  @IsOptional() @IsIn(divisionKinds) readonly kind?: DivisionKind;
  /** True: also those that have ended. @example false */
  @IsOptional() @IsTrueOrFalse() readonly ended?: boolean;
}

/** A division in a list. */
export class DivisionLine {
  /** @example "0b8f6f6e-0d4e-4c57-9a55-0c6f0a1b2c21" */
  readonly divisionId!: string;
  /** @example "222401002001" */
  readonly code!: string;
  /** @example "丹英社区" */
  readonly name!: string;
  /** PROVINCE, PREFECTURE, COUNTY, TOWNSHIP or COMMUNITY. @example "COMMUNITY" */
  readonly level!: string;
  /** @example "COMMUNITY" */
  readonly kind!: string;
  /** Null for the province. @example "0b8f6f6e-0d4e-4c57-9a55-0c6f0a1b2c02" */
  readonly parentId!: string | null;
  /** The names above it, from the prefecture down. @example "延边朝鲜族自治州 延吉市 北山街道" */
  readonly path!: string;
  /** Whether one street, one center holds for it. @example false */
  readonly centreRequired!: boolean;
  /** ACTIVE, MERGED, SPLIT or ABOLISHED. @example "ACTIVE" */
  readonly status!: string;
  /** Where it went when it ended. @example [] */
  readonly successorIds!: string[];
  /** @example 12000 */
  readonly population!: number | null;
  /** The day of the count. @example "2020-11-01" */
  readonly populationOn!: string | null;
}

/** A page of divisions, in the order of their codes. */
export class DivisionList {
  readonly rows!: DivisionLine[];
  /** Asks for the rows behind these; null on the last page. @example null */
  readonly next!: string | null;
}

/** Divisions, each with what is above it. */
const linesAt = (tables: Kysely<Tables>, moment: Moment) =>
  tables
    .selectFrom('division as d')
    .leftJoin('division as p1', join => join.onRef('p1.divisionId', '=', 'd.parentId').on(holds('p1', moment)))
    .leftJoin('division as p2', join => join.onRef('p2.divisionId', '=', 'p1.parentId').on(holds('p2', moment)))
    .leftJoin('division as p3', join => join.onRef('p3.divisionId', '=', 'p2.parentId').on(holds('p3', moment)))
    .where(holds('d', moment))
    .select([
      'd.divisionId',
      'd.code',
      'd.name',
      'd.level',
      'd.kind',
      'd.parentId',
      'd.centreRequired',
      'd.status',
      'd.successorIds',
      'd.population',
      'd.populationOn',
      sql<string>`concat_ws(' ', case when p3.level <> 'PROVINCE' then p3.name end, case when p2.level <> 'PROVINCE' then p2.name end,
                             case when p1.level <> 'PROVINCE' then p1.name end)`.as('path'),
    ]);

export const divisionList = view('divisions', {
  at: 'divisions',
  by: [anyone],
  asks: DivisionListAsk,
  answers: DivisionList,
  words: { zh: '行政区划', en: 'Divisions by code, name, place, level or kind' },
  async answer(ask: DivisionListAsk, { reader }: Looking<Reader>) {
    const { code, name, parentId, level, kind, ended = false, cursor } = ask;
    let query = linesAt(reader.tables<Tables>(), await reader.moment(ask));
    if (!ended) query = query.where('d.status', '=', 'ACTIVE');
    if (code !== undefined) query = query.where(sql<SqlBool>`(d.code = ${code} or d.former_codes @> ${[code]}::text[])`);
    if (name !== undefined) query = query.where(isNamed('d', name, true));
    if (parentId !== undefined) query = query.where('d.parentId', '=', parentId);
    if (level !== undefined) query = query.where('d.level', '=', level);
    if (kind !== undefined) query = query.where('d.kind', '=', kind);
    const { rows, next } = await pageOf(query, {
      by: [{ ref: 'd.code' }, { ref: 'd.divisionId' }],
      after: cursor,
      limit: pageSize(ask),
    });
    return { body: { rows, next: next ?? null } };
  },
});

/** One division, at one moment. */
export class DivisionCardAsk extends AtMomentAsk {
  /** @example "0b8f6f6e-0d4e-4c57-9a55-0c6f0a1b2c02" */
  @IsUUID() readonly divisionId!: string;
}

/** A division that came before or after another. */
export class RelatedDivision {
  /** @example "0b8f6f6e-0d4e-4c57-9a55-0c6f0a1b2c03" */
  readonly divisionId!: string;
  /** @example "222401003" */
  readonly code!: string;
  /** @example "新兴街道" */
  readonly name!: string;
}

/** Everything about a division on one page. */
export class DivisionCard extends DivisionLine {
  /** The day on which it ended. @example null */
  readonly endedOn!: string | null;
  /** How many divisions belong directly to it. @example 9 */
  readonly childCount!: number;
  /** Names that it bore before. @example ["北山镇"] */
  readonly formerNames!: string[];
  /** Codes that it bore before. @example ["220381"] */
  readonly formerCodes!: string[];
  /** What it became when it ended. */
  readonly successors!: RelatedDivision[];
  /** What ended by going into it. */
  readonly predecessors!: RelatedDivision[];
  /** Who counted. @example "第七次全国人口普查" */
  readonly populationSource!: string | null;
}

export const divisionCard = view('divisionCard', {
  at: 'divisions/{divisionId}',
  by: [anyone],
  asks: DivisionCardAsk,
  answers: DivisionCard,
  words: { zh: '行政区划卡片', en: 'One division: its place, former names and codes, successors and population' },
  async answer(ask: DivisionCardAsk, { reader }: Looking<Reader>) {
    const { divisionId } = ask;
    const moment = await reader.moment(ask);
    const tables = reader.tables<Tables>();
    const related = tables
      .selectFrom('division as r')
      .where(holds('r', moment))
      .select(['r.divisionId', 'r.code', 'r.name'])
      .orderBy('r.code');
    const found = await linesAt(tables, moment)
      .where('d.divisionId', '=', divisionId)
      .select(['d.endedOn', 'd.formerNames', 'd.formerCodes', 'd.populationSource', 'd.revision'])
      .executeTakeFirst();
    if (!found) return undefined;
    const [successors, predecessors, children] = await Promise.all([
      found.successorIds.length === 0 ? [] : related.where('r.divisionId', 'in', found.successorIds).execute(),
      related.where(sql<SqlBool>`r.successor_ids @> ${[divisionId]}::uuid[]`).execute(),
      tables
        .selectFrom('division as c')
        .where(holds('c', moment))
        .where('c.parentId', '=', divisionId)
        .where('c.status', '=', 'ACTIVE')
        .select(sql<number>`count(*)::int`.as('childCount'))
        .executeTakeFirstOrThrow(),
    ]);
    const { revision, ...card } = found;
    return { body: { ...card, ...children, successors, predecessors }, revision };
  },
});
