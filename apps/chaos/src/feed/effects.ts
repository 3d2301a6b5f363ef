import type { Pool, PoolClient } from 'pg';
import type { DeliveredFact } from '@lib/platform/feed/consumer/delivery.js';

/** What the subscriber of a run makes of facts: one row for each, in the order in which they took effect. Nothing stops a second row. */
export const createEffects = (pool: Pool) =>
  pool.query(`
    create schema if not exists chaos;
    create table if not exists chaos.effect (
      nth bigserial primary key,
      stream text not null,
      revision integer not null,
      id uuid not null,
      position bigint not null
    )`);

export async function applyEffects(client: PoolClient, facts: readonly DeliveredFact[]): Promise<void> {
  await client.query({
    name: 'apply',
    text: `insert into chaos.effect (stream, revision, id, position)
           select * from unnest($1::text[], $2::integer[], $3::uuid[], $4::bigint[])`,
    values: [
      facts.map(({ stream }) => stream),
      facts.map(({ revision }) => revision),
      facts.map(({ id }) => id),
      facts.map(({ position }) => position),
    ],
  });
}

export interface Effect {
  readonly stream: string;
  readonly revision: number;
  readonly id: string;
  readonly position: string;
}

const pageSize = 50_000;

/** All effects, in the order in which they took place. */
export async function* effectsOf(pool: Pool): AsyncGenerator<Effect> {
  for (let after = '0'; ;) {
    const { rows } = await pool.query<Effect & { readonly nth: string }>(
      `select nth::text as nth, stream, revision, id::text as id, position::text as position
         from chaos.effect where nth > $1 order by chaos.effect.nth limit $2`,
      [after, pageSize],
    );
    yield* rows;
    const last = rows.at(-1);
    if (!last) return;
    after = last.nth;
  }
}
