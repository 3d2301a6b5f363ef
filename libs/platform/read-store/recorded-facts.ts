import { columnParameter } from './copy.js';
import { insertRows } from './insert-rows.js';
import { everyFact } from './sql-projection.js';

const columns = {
  position: 'bigint',
  type: 'text',
  actor: 'text',
  division_id: 'uuid',
  event_id: 'uuid',
  command_id: 'uuid',
  cause_id: 'uuid',
} as const;

/**
 * Every fact by what it is looked for by: of which type it is, who did it, where, which command wrote it and which fact that command
 * answered. Each index ends in the position, so that the latest of anything are read without sorting.
 */
export const recordedFacts = everyFact({
  name: 'recordedFact',
  version: 1,
  table: table => [
    `create table ${table} (position bigint not null, type text not null, actor text not null, division_id uuid,
       event_id uuid, command_id uuid, cause_id uuid)`,
  ],
  indexes: table => [
    `alter table ${table} add primary key (position)`,
    `create index on ${table} (type, position)`,
    `create index on ${table} (actor, position)`,
    `create index on ${table} (division_id, position)`,
    `create index on ${table} (division_id, type, position)`,
    `create index on ${table} (command_id)`,
    `create index on ${table} (event_id)`,
    `create index on ${table} (cause_id) where cause_id is not null`,
  ],
  write: (client, table, facts) =>
    insertRows(
      client,
      table,
      columns,
      facts.map(({ fact: { type }, about: { position, actor, division, id, command, cause } }) => [
        position,
        type,
        actor,
        division ?? null,
        id ?? null,
        command ?? null,
        cause ?? null,
      ]),
    ),
});

/** Who has ever done anything in which place: few rows, where the facts are many. */
export const actorPlaces = everyFact({
  name: 'actorPlace',
  version: 1,
  table: table => [
    `create table ${table} (actor text not null, division_id uuid, unique nulls not distinct (actor, division_id))`,
  ],
  async write(client, table, facts) {
    const pairs = new Map(
      facts.map(({ about: { actor, division } }) => [`${actor} ${division ?? ''}`, [actor, division ?? null] as const]),
    );
    const rows = [...pairs.values()];
    if (rows.length === 0) return;
    await client.query({
      name: `insert ${table}`,
      text: `insert into ${table} (actor, division_id) select * from unnest($1::text[], $2::uuid[]) on conflict do nothing`,
      values: [
        columnParameter(
          'text',
          rows.map(([actor]) => actor),
        ),
        columnParameter(
          'uuid',
          rows.map(([, division]) => division),
        ),
      ],
    });
  },
});
