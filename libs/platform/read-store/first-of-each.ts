import { sql, type RawBuilder, type SelectQueryBuilder, type SqlBool } from 'kysely';
import { fewIds, isAmong } from './id-list.js';
import { fromPageOn, type Paging } from './reading.js';

/** So many of each place are looked at to see how far a page reaches; eight places that have so many are enough to know. */
const sampleFor = (rows: number) => Math.ceil(rows / 8);
/** A wide place is met everywhere in the order: so far it is walked before each of its parts is looked into. */
const longestWalk = 2_000;

/**
 * What a page can show of some places: the first of each by an index of place and order, and of these only as far as the page
 * reaches. How many lie behind the page, in one place or in all of them, costs nothing.
 * @param column holds the place
 * @param found all rows that are sought, wherever they are; nothing that they are sorted by is ever null
 * @returns something to select from, of which `pageOf` makes the same page as of `found` in these places
 * @throws BadCursor
 */
export function firstOfEach<DB, TB extends keyof DB, Row>(
  places: readonly string[],
  column: string,
  found: SelectQueryBuilder<DB, TB, Row>,
  { by, after, limit }: Paging,
): RawBuilder<Row> {
  const rows = limit + 1;
  const { ref, direction = 'asc' } = by[0]!;
  const [first, way] = [sql.ref(ref), sql.raw(direction)];
  const alias = sql.ref(ref.slice(0, ref.indexOf('.')));
  const order = sql.join(by.map(sorted => sql`${sql.ref(sorted.ref)} ${sql.raw(sorted.direction ?? 'asc')}`));
  const inOrder = fromPageOn(found, { by, after });
  const isWide = places.length > fewIds;
  const walk = inOrder.limit(isWide ? longestWalk : 0);
  const further = isWide
    ? sql`(select count(*) from walked) < ${rows} and exists (${inOrder
        .clearSelect()
        .select(sql`${first}`.as('shown'))
        .offset(longestWalk)
        .limit(1)})`
    : sql`true`;
  const ofOne = fromPageOn(found.where(sql<SqlBool>`${sql.ref(column)} = place.id`), { by, after });
  const sample = ofOne
    .clearSelect()
    .select(sql`${first}`.as('shown'))
    .limit(sampleFor(rows));
  const isReached = (value: RawBuilder<unknown>) =>
    sql<SqlBool>`${value} ${sql.raw(direction === 'asc' ? '<=' : '>=')} (select r.shown from reach r)`;
  // Where the walk is enough nothing is sampled, and the rest finds nothing. Where there are fewer rows than a page it is not known
  // how far that reaches, and the last part takes its turn.
  return sql<Row>`(
    with walked as materialized (
      select * from ${walk} ${alias} where ${isAmong(column, places)} order by ${order} limit ${rows}
    ), onwards as materialized (
      select ${further} as further
    ), sample as materialized (
      select place.id, s.shown
      from unnest(${`{${places.join(',')}}`}::uuid[]) as place (id) cross join lateral ${sample} s
      where (select o.further from onwards o)
    ), reach as materialized (
      select s.shown from sample s order by s.shown ${way} offset ${rows - 1} limit 1
    )
    select w.* from walked w where not (select o.further from onwards o)
    union all
    select f.* from (select distinct s.id from sample s where ${isReached(sql`s.shown`)}) place
    cross join lateral ${ofOne.where(isReached(first)).limit(rows)} f
    union all
    select f.* from (select distinct s.id from sample s) place
    cross join lateral ${ofOne.limit(rows)} f where not exists (select from reach)
  )`;
}
