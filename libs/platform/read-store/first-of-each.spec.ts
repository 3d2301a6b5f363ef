import fc from 'fast-check';
import pg, { type Pool } from 'pg';
import { createTestDatabase, hasPostgres } from '@lib/platform/testing/test-database.js';
import { firstOfEach } from './first-of-each.js';
import { isAmong } from './id-list.js';
import { pageOf, readingOf, readingPool, type SortColumn } from './reading.js';

interface Person {
  readonly personId: string;
  readonly placeId: string;
  readonly spelling: string;
  readonly since: string;
  readonly trade: string;
}

const uuid = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
const manyPlaces = 400;
/** Nobody lives in the last of these. */
const places = Array.from({ length: manyPlaces + 20 }, (_, nth) => uuid(nth + 1));

(hasPostgres ? describe : describe.skip)('the first of each place', () => {
  let database: Awaited<ReturnType<typeof createTestDatabase>>;
  let pool: Pool;

  beforeAll(async () => {
    database = await createTestDatabase();
    // Whoever lives in the first 350 places came last, and place 400 has half of all: what is sought may lie far behind.
    const writer = new pg.Client({ connectionString: database.url });
    await writer.connect();
    await writer.query(`
      create schema read;
      create table read.person (person_id uuid primary key, place_id uuid not null, spelling text not null, since date not null,
        trade text not null);
      insert into read.person
        select ('00000000-0000-4000-9000-' || lpad((n * 7919 % 10000)::text, 12, '0'))::uuid,
               ('00000000-0000-4000-8000-' || lpad(place::text, 12, '0'))::uuid, chr(97 + n * 31 % 26) || chr(97 + n * 17 % 26),
               date '2024-01-01' + (n * 13 % 90) + case when place <= 350 then 400 else 0 end,
               case when n % 97 = 0 then 'rare' else 'usual' end
        from (select n, case when n % 2 = 0 then ${manyPlaces} else 1 + n * 271 % ${manyPlaces} end as place
              from generate_series(1, 9000) n) one;
      create index on read.person (place_id, spelling, person_id);
      create index on read.person (place_id, since, person_id);
      create index on read.person (since, person_id);
      analyze read.person`);
    await writer.end();
    pool = readingPool({ connectionString: database.url });
  });
  afterAll(async () => {
    await pool?.end();
    await database?.drop();
  });

  const sought = fc.record({
    ids: fc.oneof(
      fc.uniqueArray(fc.constantFrom(...places), { maxLength: 30 }),
      fc.uniqueArray(fc.constantFrom(...places), { minLength: 1, maxLength: 4 }).map(some => [...new Set([...some, uuid(400)])]),
      fc.constant(places.slice(0, 340)),
      fc.nat({ max: 60 }).map(from => places.slice(from, from + 350)),
    ),
    first: fc.constantFrom('p.spelling', 'p.since'),
    direction: fc.constantFrom('asc' as const, 'desc' as const),
    limit: fc.integer({ min: 1, max: 60 }),
    trade: fc.constantFrom(undefined, 'usual', 'rare'),
    pages: fc.integer({ min: 1, max: 4 }),
  });

  test('makes the pages of a list that is collected and sorted', async () => {
    const tables = readingOf<{ person: Person }>(pool);
    await fc.assert(
      fc.asyncProperty(sought, async ({ ids, first, direction, limit, trade, pages }) => {
        const by: readonly SortColumn[] = [
          { ref: first, direction },
          { ref: 'p.personId', direction },
        ];
        let found = tables.selectFrom('person as p').selectAll('p');
        if (trade !== undefined) found = found.where('p.trade', '=', trade);
        let after: string | undefined;
        for (let page = 0; page < pages; page += 1) {
          const paging = { by, after, limit };
          const expected = await pageOf(found.where(isAmong('p.placeId', ids)), paging);
          const shown = tables.selectFrom(firstOfEach(ids, 'p.placeId', found, paging).as('p')).selectAll();
          expect(await pageOf(shown, paging)).toEqual(expected);
          after = expected.next;
          if (after === undefined) break;
        }
      }),
      { numRuns: 150 },
    );
  });
});
