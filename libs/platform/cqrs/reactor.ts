import type { ClientBase, Pool, PoolClient } from 'pg';
import { HousePrincipal } from '@lib/platform/kernel/access.js';
import { Refusal } from '@lib/platform/kernel/decision.js';
import { revive } from '@lib/platform/kernel/event.js';
import type { Policy, Readings } from '@lib/platform/kernel/policy.js';
import type { About } from '@lib/platform/kernel/projection.js';
import { namespaces, uuidV5 } from '@lib/platform/kernel/uuid.js';
import type { EventStore, RecordedEvent } from '@lib/platform/event-store/event-store.js';
import { comparePositions } from '@lib/platform/event-store/event-store.js';
import { makeTables, type TableDatabase } from '@lib/platform/schema/make-tables.js';
import { sentWith } from './envelope.js';
import { No } from './no.js';

export interface ReactorSetup {
  readonly policies: readonly Policy[];
  readonly store: EventStore;
  readonly pool: Pool;
  /** Runs first in every transaction that writes; throws when another process holds the reactor's lease. */
  readonly fence?: (client: PoolClient) => Promise<void>;
  /** What a policy may look at, no older than the fact at `position`. */
  readonly readings: (position: string) => Readings;
  readonly send: (command: object) => Promise<unknown>;
  readonly report: (error: unknown, policy: string, position: string) => void;
}

const pageSize = 500;
const pollEvery = 100;
/** Facts are gathered for so long before they are looked at, in milliseconds. */
const pace = 20;
/** How often a checkpoint that only passed over other facts is written down; what is passed again after a crash costs nothing. */
const savedEvery = 1_000;
const longestPause = 30_000;

export async function createReactorSchema(client: TableDatabase): Promise<void> {
  await makeTables(
    client,
    'reactor',
    `
    create schema if not exists reactor;
    create table if not exists reactor.policy (
      name text primary key,
      position bigint not null
    );
    create table if not exists reactor.parked (
      policy text not null,
      event_id uuid not null,
      step integer not null,
      position bigint not null,
      command text not null,
      code text not null,
      parked_at timestamptz not null default now(),
      primary key (policy, event_id, step)
    )`,
  );
}

/**
 * Where each policy stands; a new one begins at the end of the log. Every program that takes commands asks this when it starts, so that
 * what happens before a reactor first runs is answered all the same.
 */
export async function takeUpPolicies(
  client: Pick<ClientBase, 'query'>,
  store: Pick<EventStore, 'head'>,
  policies: readonly Pick<Policy, 'name'>[],
): Promise<Map<string, string>> {
  const head = await store.head();
  const { rows } = await client.query<{ name: string; position: string }>(
    `insert into reactor.policy (name, position) select name, $2 from unnest($1::text[]) as name
     on conflict (name) do update set name = excluded.name returning name, position::text as position`,
    [policies.map(({ name }) => name), head],
  );
  return new Map(rows.map(({ name, position }) => [name, position]));
}

/** What the facts up to `position` ask for was written together with them: no policy answers them any more. */
export async function passOver(client: Pick<ClientBase, 'query'>, position: string): Promise<void> {
  await client.query('update reactor.policy set position = greatest(position, $1::bigint)', [position]);
}

/** How far the slowest policy has come, as it was last written down. */
export async function policiesStandAt(pool: Pick<Pool, 'query'>): Promise<string> {
  const { rows } = await pool.query<{ position: string }>(
    `select coalesce(min(position), 0)::text as position from reactor.policy`,
  );
  return rows[0]!.position;
}

/** Commands of policies that were refused and wait for a person. */
export async function parkedCommands(pool: Pick<Pool, 'query'>): Promise<number> {
  const { rows } = await pool.query<{ count: string }>('select count(*) as count from reactor.parked');
  return Number(rows[0]!.count);
}

/**
 * Follows the log and lets policies answer facts with commands. A policy's checkpoint moves behind its commands; command ids are made
 * of policy, event and step, so what is repeated after a crash is found to be done. A refused command is parked where a person sees it.
 * Anything else that fails is tried again: nothing is skipped. A new policy begins at the end of the log.
 */
export class Reactor {
  private checkpoints = new Map<string, string>();
  private readonly byFact: ReadonlyMap<string, readonly Policy[]>;
  private running = false;
  private savedAt = 0;
  private unsaved = false;
  private worker: Promise<void> = Promise.resolve();
  private wake: () => void = () => undefined;
  private stopListening: () => void = () => undefined;

  constructor(private readonly setup: ReactorSetup) {
    const byFact = new Map<string, Policy[]>();
    for (const policy of setup.policies) byFact.set(policy.fact, [...(byFact.get(policy.fact) ?? []), policy]);
    this.byFact = byFact;
  }

  async start(): Promise<void> {
    const { pool, store, policies } = this.setup;
    this.checkpoints = await takeUpPolicies(pool, store, policies);
    this.running = true;
    this.stopListening = this.setup.store.whenAppended(() => this.wake());
    this.worker = this.work();
  }

  /** Finishes the fact that is being answered. */
  async stop(): Promise<void> {
    this.running = false;
    this.stopListening();
    this.wake();
    await this.worker;
    if (this.checkpoints.size > 0) await this.save();
  }

  parked(): Promise<number> {
    return parkedCommands(this.setup.pool);
  }

  private async work(): Promise<void> {
    let failures = 0;
    while (this.running) {
      try {
        const moved = await this.step();
        failures = 0;
        await this.pause(moved ? pace : pollEvery, !moved);
      } catch (error) {
        failures += 1;
        this.setup.report(error, 'reactor', this.slowest());
        await this.pause(Math.min(longestPause, 100 * 2 ** failures));
      }
    }
  }

  /** How far all policies have come. */
  slowest(): string {
    return [...this.checkpoints.values()].reduce((least, position) => (comparePositions(position, least) < 0 ? position : least));
  }

  private async step(): Promise<boolean> {
    if (this.checkpoints.size === 0) return false;
    const events = await this.setup.store.readAll(this.slowest(), pageSize);
    const last = events.at(-1);
    if (!last) {
      // Whoever looks at the checkpoints of a house at rest must not see it behind.
      if (this.unsaved && Date.now() - this.savedAt >= savedEvery) await this.save();
      return false;
    }
    for (const event of events) {
      for (const policy of this.byFact.get(event.type) ?? []) {
        if (!this.running) return true;
        if (comparePositions(this.checkpoints.get(policy.name)!, event.position) >= 0) continue;
        await this.answer(policy, event);
        this.move([policy.name], event.position);
        await this.save();
      }
    }
    this.move([...this.checkpoints.keys()], last.position);
    if (Date.now() - this.savedAt >= savedEvery) await this.save();
    return true;
  }

  private async answer(policy: Policy, event: RecordedEvent): Promise<void> {
    const { data } = revive(event.type, Number(event.metadata.version), event.data);
    const commands = await policy.respond(data as never, this.setup.readings(event.position), aboutOf(event));
    for (const [step, command] of commands.entries()) {
      const envelope = {
        principal: new HousePrincipal(`policy:${policy.name}`),
        key: uuidV5(namespaces.policy, `${policy.name}\n${event.id}\n${step}`),
        effectiveOn: event.metadata.effectiveOn,
        reasonCode: event.metadata.reasonCode ?? 'consequence',
        correlationId: event.metadata.correlationId,
        causationId: event.id,
      };
      try {
        await this.setup.send(sentWith(command, envelope));
      } catch (error) {
        if (!(error instanceof Refusal || error instanceof No)) throw error;
        await this.write(
          `insert into reactor.parked (policy, event_id, step, position, command, code) values ($1, $2, $3, $4, $5, $6)
           on conflict do nothing`,
          [policy.name, event.id, step, event.position, command.constructor.name, error.code],
        );
        this.setup.report(error, policy.name, event.position);
      }
    }
  }

  private async save(): Promise<void> {
    this.savedAt = Date.now();
    await this.write(
      `update reactor.policy p set position = greatest(p.position, s.position)
       from unnest($1::text[], $2::bigint[]) as s (name, position) where p.name = s.name`,
      [[...this.checkpoints.keys()], [...this.checkpoints.values()]],
    );
    this.unsaved = false;
  }

  private async write(statement: string, values: readonly unknown[]): Promise<void> {
    const { pool, fence } = this.setup;
    if (!fence) {
      await pool.query(statement, [...values]);
      return;
    }
    const client = await pool.connect();
    let broken: Error | undefined;
    const noticed = (error: Error) => {
      broken = error;
    };
    client.on('error', noticed);
    try {
      await client.query('begin');
      await fence(client);
      await client.query(statement, [...values]);
      await client.query('commit');
    } catch (error) {
      await client.query('rollback').catch(noticed);
      throw error;
    } finally {
      client.off('error', noticed);
      client.release(broken);
    }
  }

  private move(names: readonly string[], position: string): void {
    for (const name of names) {
      if (comparePositions(this.checkpoints.get(name)!, position) >= 0) continue;
      this.checkpoints.set(name, position);
      this.unsaved = true;
    }
  }

  private async pause(milliseconds: number, wakeable = true): Promise<void> {
    await new Promise<void>(resolve => {
      const timer = setTimeout(resolve, milliseconds);
      this.wake = () => {
        if (!wakeable && this.running) return;
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

export const aboutOf = ({ id, position, stream, revision, recordedAt, metadata }: RecordedEvent): About => ({
  id,
  position,
  stream,
  revision,
  recordedAt,
  on: metadata.effectiveOn!,
  actor: metadata.actor!,
  ...(metadata.division ? { division: metadata.division } : {}),
  ...(metadata.commandId ? { command: metadata.commandId } : {}),
  ...(metadata.causationId ? { cause: metadata.causationId } : {}),
});
