import { sql, type Kysely } from 'kysely';
import type { Pool } from 'pg';
import { dateInShanghai } from '@lib/platform/kernel/calendar.js';
import { fold, type Aggregate } from '@lib/platform/kernel/aggregate.js';
import { revive, streamOf, type Impersonal } from '@lib/platform/kernel/event.js';
import type { Readings } from '@lib/platform/kernel/policy.js';
import type { AnyProjection } from '@lib/platform/kernel/projection.js';
import { InvalidCommand } from '@lib/platform/cqrs/no.js';
import { comparePositions, type EventStore } from '@lib/platform/event-store/event-store.js';
import type { SubjectKeys } from '@lib/platform/privacy/key-ring.js';
import { erased, openFacts, openSealed } from '@lib/platform/privacy/sealing.js';
import type { Folding } from './folding.js';
import { holds, now, type Moment } from './moment.js';
import type { Reader, RecordedFact, StillReader } from './reader.js';
import { readingOf } from './reading.js';

/** How often a moment is looked for at which all read models stand at the same place, before the next best one is taken. */
const evenTries = 50;

interface Parts {
  readonly pool: Pool;
  readonly store: EventStore;
  readonly keyRing: SubjectKeys;
  readonly clock: () => number;
}

const notAMoment = { zh: '须是位置(数字)或存在的时刻', en: 'must be a position or an instant that exists' };
const noMoment = new InvalidCommand('validation-failed', notAMoment, [
  { pointer: 'asOf', code: 'isPosition', words: notAMoment },
]);

const ahead = (pointer: string) => {
  const words = { zh: '不能晚于现在', en: 'must not lie ahead' };
  return new InvalidCommand('moment-ahead', words, [{ pointer, code: 'isPast', words }]);
};

const noInstant = () => {
  const words = { zh: '须是位置(数字)或时刻', en: 'must be a position or an instant' };
  return new InvalidCommand('validation-failed', words, [{ pointer: 'asOf', code: 'isPosition', words }]);
};

export class OfficeReader implements StillReader {
  constructor(
    private readonly parts: Parts,
    private readonly db: Kysely<unknown> = readingOf<unknown>(parts.pool),
  ) {}

  tables<Tables>(): Kysely<Tables> {
    return this.db as unknown as Kysely<Tables>;
  }

  async moment({
    asOf,
    effectiveOn,
  }: {
    readonly asOf?: string | undefined;
    readonly effectiveOn?: string | undefined;
  }): Promise<Moment> {
    if (effectiveOn !== undefined && effectiveOn > this.today()) throw ahead('effectiveOn');
    if (asOf === undefined) return { effectiveOn };
    if (/^\d+$/.test(asOf)) {
      if (comparePositions(asOf, await this.parts.store.head()) > 0) throw ahead('asOf');
      return { asOf: await this.endOfAppend(asOf), effectiveOn };
    }
    const instant = new Date(asOf);
    if (Number.isNaN(instant.getTime())) throw noMoment;
    if (Number.isNaN(instant.getTime())) throw noInstant();
    if (instant.getTime() > this.parts.clock()) throw ahead('asOf');
    return { asOf: await this.parts.store.positionAsOf(instant.toISOString()), effectiveOn };
  }

  today(): string {
    return dateInShanghai(this.parts.clock());
  }

  async open(values: readonly (string | null)[]): Promise<readonly (unknown | null | undefined)[]> {
    if (values.every(value => value === null)) return values;
    const opened = await openSealed(values, this.parts.keyRing);
    return opened.map(value => (value === erased ? undefined : value));
  }

  async frozen<T>(work: (reader: Reader, position: string) => Promise<T>): Promise<T> {
    for (let tries = evenTries; ; tries -= 1) {
      const done = await this.db
        .transaction()
        .setIsolationLevel('repeatable read')
        .execute(async snapshot => {
          const { rows } = await sql<{ least: string; even: boolean }>`
            select coalesce(min(position), 0)::text as least, count(distinct position) < 2 as even
            from projection where stage = 'serving'`.execute(snapshot);
          const { least, even } = rows[0]!;
          // Read models move one by one; a moment at which all of them stand at the same place comes soon.
          if (!even && tries > 0) return undefined;
          return { result: await work(new OfficeReader(this.parts, snapshot), least) };
        });
      if (done) return done.result;
      await new Promise(resolve => setTimeout(resolve, 20));
    }
  }

  async recorded(positions: readonly string[]): Promise<readonly RecordedFact[]> {
    if (positions.length === 0) return [];
    const events = await this.parts.store.readAt(positions);
    const stored = events.map(({ stream, type, metadata, data }) => ({ stream, type, version: Number(metadata.version), data }));
    const facts = await openFacts(stored, this.parts.keyRing, 'P2+P3', null);
    return events.map((event, nth) => ({ ...event, data: facts[nth]!.data, fact: facts[nth]! }));
  }

  /** What policies may look at; read models no older than `position`. */
  readings(position: string, folding: Folding, projections: readonly AnyProjection[]): Readings {
    return {
      state: async <State>(aggregate: Aggregate<State, never>, id: string) => {
        const stream = streamOf(aggregate.category, id);
        const events = (await this.parts.store.read([stream])).get(stream) ?? [];
        const facts = events.map(({ type, metadata, data }) => revive(type, Number(metadata.version), data));
        return fold(aggregate, facts as unknown as Impersonal<never>[]);
      },
      rows: async <Row>(table: string, where: Readonly<Record<string, string>>) => {
        if (!(await folding.caughtUpTo(position, 30_000))) throw new Error(`${table} has not folded ${position} yet`);
        const declared = projections.find(({ name }) => name === table);
        let query = this.tables<Record<string, Record<string, unknown>>>().selectFrom(table).selectAll();
        for (const [column, value] of Object.entries(where)) query = query.where(column, '=', value);
        if (declared?.temporal) query = query.where(holds(table, now));
        return (await query.execute()) as readonly Row[];
      },
    };
  }

  /** Views hold only where an append ends: a position inside of one counts as the end of the one before. */
  private async endOfAppend(position: string): Promise<string> {
    if (position === '0') return position;
    const [event] = await this.parts.store.readAt([position]);
    if (!event) return position;
    const { index, count } = event.metadata;
    if (Number(index) === Number(count) - 1) return position;
    const append = await this.parts.store.readAppend(event);
    const before = append[0]!.position;
    return (BigInt(before) - 1n).toString();
  }
}
