import { IsNotEmpty, IsString, MaxLength } from 'class-validator';
import { sql } from 'kysely';
import { PageAsk, pageSize } from '@lib/platform/cqrs/asking.views.js';
import { anyone } from '@lib/platform/cqrs/by.js';
import { view, type Looking } from '@lib/platform/cqrs/views.js';
import { holds, now } from '@lib/platform/read-store/moment.js';
import { isNamed } from '@lib/platform/read-store/name-search.js';
import type { Reader } from '@lib/platform/read-store/reader.js';
import { cursorOf, readCursor } from '@lib/platform/read-store/reading.js';

/** A center or a station, as everybody may know it. */
export class ServingUnit {
  /** @example "0b8f6f6e-0d4e-4c57-9a55-0c6f0a1b2c01" */
  readonly id!: string;
  /** @example "北山街道社工服务中心" */
  readonly name!: string;
  /** ACTIVE or OPEN, or SUSPENDED. @example "ACTIVE" */
  readonly stage!: string;
}

/** A station, with what it is for. */
export class ServingStation extends ServingUnit {
  /** @example ["ELDERLY"] */
  readonly serviceFields!: string[];
}

/** A community, street or town, and who serves it. */
export class ServedPlace {
  readonly divisionId!: string;
  /** @example "222401002001" */
  readonly code!: string;
  /** @example "丹英社区" */
  readonly name!: string;
  /** COMMUNITY or TOWNSHIP. @example "COMMUNITY" */
  readonly level!: string;
  /** The names above it, from the prefecture down. @example "延边朝鲜族自治州 延吉市 北山街道" */
  readonly path!: string;
  /** Null while there is none. */
  readonly center!: ServingUnit | null;
  /** Of a community; null while none covers it. */
  readonly station!: ServingStation | null;
}

/** A page of places, in the order of their codes. */
export class CenterOfCommunity {
  readonly rows!: ServedPlace[];
  /** Asks for the next rows; null on the last page. */
  readonly next!: string | null;
}

/** Which community, street or town. */
export class CenterOfCommunityAsk extends PageAsk {
  /**
   * A part of the name, the beginning of its pinyin or initials, or the whole code; a former name or code is understood, too,
   * and leads to what became of it. @example "dysq"
   */
  @IsString() @IsNotEmpty() @MaxLength(60) readonly q!: string;
}

const meant = (q: string) =>
  /^\d{9,12}$/.test(q) ? sql`(d.code = ${q} or d.former_codes @> ${[q]}::text[])` : isNamed('d', q, true);

interface PlaceRow {
  readonly divisionId: string;
  readonly code: string;
  readonly name: string;
  readonly level: string;
  readonly path: string;
  readonly centerId: string | null;
  readonly centerName: string | null;
  readonly centerStage: string | null;
  readonly stationId: string | null;
  readonly stationName: string | null;
  readonly stationStage: string | null;
  readonly serviceFields: string[] | null;
}

export const centerOfCommunity = view('centerOfCommunity', {
  at: 'public/center-of-community',
  by: [anyone],
  asks: CenterOfCommunityAsk,
  answers: CenterOfCommunity,
  words: { zh: '我的社区归哪个中心、哪个站', en: 'Which center and which station serve a community' },
  async answer({ q, cursor, ...asked }: CenterOfCommunityAsk, { reader }: Looking<Reader>) {
    const limit = pageSize(asked);
    const [code, id] = cursor === undefined ? ['', null] : readCursor('places', 2, cursor);
    const behind = id === null ? sql`true` : sql`(d.code, d.division_id) > (${code}, ${id}::uuid)`;
    const { rows } = await sql<PlaceRow>`
      with recursive hit as (
        select d.division_id, d.status, d.successor_ids from division d
        where d.level in ('TOWNSHIP', 'COMMUNITY') and ${meant(q)} and ${holds('d', now)}
        union
        select d.division_id, d.status, d.successor_ids
        from hit h join division d on d.division_id = any(h.successor_ids) and ${holds('d', now)}
        where h.status <> 'ACTIVE'
      ), page as (
        select d.division_id, d.code, d.name, d.level, d.parent_id,
               case when d.level = 'TOWNSHIP' then d.division_id else d.parent_id end as township_id
        from division d
        where d.division_id = any(array(select h.division_id from hit h where h.status = 'ACTIVE')) and ${holds('d', now)}
          and ${behind} order by d.code, d.division_id limit ${limit + 1}
      )
      select p.division_id, p.code, p.name, p.level,
             concat_ws(' ', p3.name, p2.name, p1.name) as path,
             c.center_id, c.name as center_name, c.stage as center_stage,
             s.station_id, s.name as station_name, s.stage as station_stage, s.service_fields
      from page p
      left join division p1 on p1.division_id = p.parent_id and p1.level <> 'PROVINCE' and ${holds('p1', now)}
      left join division p2 on p2.division_id = p1.parent_id and p2.level <> 'PROVINCE' and ${holds('p2', now)}
      left join division p3 on p3.division_id = p2.parent_id and p3.level <> 'PROVINCE' and ${holds('p3', now)}
      left join community_coverage v on v.division_id = p.division_id and ${holds('v', now)}
      left join service_station s on s.station_id = v.station_id and s.stage <> 'CLOSED' and ${holds('s', now)}
      left join service_center c on c.stage <> 'CLOSED' and ${holds('c', now)} and c.center_id = coalesce(s.center_id, (
        select t.center_id from service_center t where t.division_id = p.township_id and t.stage <> 'CLOSED' and ${holds('t', now)}
        order by t.established_on, t.center_id limit 1))
      order by p.code, p.division_id`.execute(reader.tables());
    const shown = rows.slice(0, limit);
    const last = shown.at(-1);
    const body: CenterOfCommunity = {
      rows: shown.map(row => ({
        divisionId: row.divisionId,
        code: row.code,
        name: row.name,
        level: row.level,
        path: row.path,
        center: row.centerId === null ? null : { id: row.centerId, name: row.centerName ?? '', stage: row.centerStage ?? '' },
        station:
          row.stationId === null
            ? null
            : {
                id: row.stationId,
                name: row.stationName ?? '',
                stage: row.stationStage ?? '',
                serviceFields: row.serviceFields ?? [],
              },
      })),
      next: last && rows.length > limit ? cursorOf('places', [last.code, last.divisionId]) : null,
    };
    return { body };
  },
});
