import { sql, type RawBuilder, type SqlBool } from 'kysely';
import { holds, type Moment } from '@lib/platform/read-store/moment.js';
import { fewestVolunteers } from './conformance.js';

/** Links per station: counted ahead for the present, counted from the links themselves for another moment. */
export const linksPerStation = (moment: Moment): RawBuilder<unknown> =>
  moment.asOf === undefined && moment.effectiveOn === undefined
    ? sql`(select station_id, active_links as links from station_volunteers)`
    : sql`(select l.station_id, count(*)::int as links from volunteer_link l where ${holds('l', moment)} group by l.station_id)`;

/** What makes a station red, as `stationConformance` says it. `s` is the station, `links` how many volunteers it has. */
export const isRed = (links: RawBuilder<unknown>): RawBuilder<SqlBool> =>
  sql<SqlBool>`((s.worker_id is null and s.acting_worker_id is null) or ${links} < ${fewestVolunteers}::int)`;

/** A division with everything under it down to streets and towns: `under (branch, division_id, level,
 * centre_required, status)`, for each row of `branch`, which has all but the first. */
export const underBranches = (moment: Moment): RawBuilder<unknown> => sql`
  under as (
    select b.division_id as branch, b.division_id, b.level, b.centre_required, b.status from branch b
    union all
    select u.branch, d.division_id, d.level, d.centre_required, d.status
    from under u join division d on d.parent_id = u.division_id and d.level <> 'COMMUNITY' and ${holds('d', moment)}
    where u.level in ('PROVINCE', 'PREFECTURE', 'COUNTY')
  )`;
