import { Client, type ClientConfig, DatabaseError } from 'pg';
import { letGoOfTheGone } from '@lib/platform/postgres/answering-pool.js';
import { checkForm, storedJson } from '../append-rules.js';
import { type Append, type Appended, AppendTooLate, AppendUnknown, StreamMoved } from '../event-store.js';
import { answerOvertaken, type takeGroup, type WaitingAppend } from './append-group.js';
import { BinaryArray } from './binary-array.js';
import { tooLate } from './schema.js';
import { asSent, isoInstant, sessionSettings } from './wire.js';

const text = 'select log.append_group($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)';
const clock = `select date_trunc('milliseconds', clock_timestamp())`;
/** Longer than PostgreSQL itself lets an append take, in milliseconds: no answer by then means that the connection is dead. */
const answerTimeout = 5_000;

/** The position before the group, the instant, and which expectations failed (counted from 1; absent when all held). */
type Answer = [before: string, recordedAt: string, moved?: string];
type Tell = () => void;

/** PostgreSQL says that the statement came to nothing, and goes on. Everything else leaves the outcome open. */
const isRefusal = (error: unknown): error is DatabaseError =>
  error instanceof DatabaseError && !/^(08|57P|58|XX)/.test(error.code ?? 'XX');

/** Data, a constraint, a limit: one member of the group may be to blame. */
const mayBeOneMembersFault = (error: unknown): boolean => isRefusal(error) && /^(22|23|54)/.test(error.code ?? '');

/**
 * Appends over one connection, in groups: while one is on its way, whatever arrives waits and goes with the next.
 * The connection is made when it is needed, and again after it was lost.
 */
export class GroupWriter {
  private readonly waiting: WaitingAppend[] = [];
  private client: Client | undefined;
  /** Milliseconds by which the database's clock is ahead of `performance.now()`, or more. */
  private databaseAhead = 0;
  private writing: Promise<void> | undefined;
  private closed = false;

  private readonly columns = {
    expectationMember: new BinaryArray('int4'),
    expectationStream: new BinaryArray('text'),
    expectationRevision: new BinaryArray('int4'),
    eventMember: new BinaryArray('int4'),
    eventStream: new BinaryArray('text'),
    eventRevision: new BinaryArray('int4'),
    eventId: new BinaryArray('uuid'),
    eventType: new BinaryArray('text'),
    eventMetadata: new BinaryArray('text'),
    eventData: new BinaryArray('text'),
  };
  /** In the order in which the function takes them. */
  private readonly parameters = Object.values(this.columns);

  constructor(
    private readonly connection: ClientConfig,
    private readonly writesWithin: number,
    private readonly grouping: typeof takeGroup,
    private readonly written: () => void,
  ) {}

  append(append: Append, sendBy: number): Promise<Appended> {
    return new Promise((resolve, reject) => {
      if (this.closed) throw new Error('the log is closed');
      checkForm(append);
      const texts: string[] = [];
      let size = 0;
      for (const { events } of append.writes) {
        for (const { metadata, data } of events) {
          const [metadataText, dataText] = [storedJson(metadata), storedJson(data)];
          texts.push(metadataText, dataText);
          size += metadataText.length + dataText.length;
        }
      }
      this.waiting.push({ append, sendBy, texts, size, deferred: false, resolve, reject });
      this.writing ??= this.writeWhatWaits();
    });
  }

  /** Writes what waits, then ends the connection. */
  async close(): Promise<void> {
    this.closed = true;
    await this.writing;
    const client = this.client;
    this.client = undefined;
    await client?.end();
  }

  private async writeWhatWaits(): Promise<void> {
    await undefined; // whoever comes in the same turn goes with the first group
    let tell: Tell | undefined;
    while (this.waiting.length > 0) {
      const onItsWay = this.write(this.grouping(this.waiting));
      // Only now are those of the group before told: what they do next is done while PostgreSQL is at work.
      tell?.();
      tell = await onItsWay;
      if (this.waiting.length > 0) continue;
      tell();
      tell = undefined;
      await undefined; // and whoever of them comes back at once goes together
    }
    this.writing = undefined;
  }

  /** @returns what is left to do: to tell the members what became of them */
  private async write(group: readonly WaitingAppend[]): Promise<Tell> {
    try {
      const client = this.client ?? (await this.connect());
      const now = performance.now();
      const inTime = group.filter(({ sendBy }) => sendBy >= now);
      const late = group.filter(({ sendBy }) => sendBy < now);
      const tell = inTime.length > 0 ? this.outcome(inTime, await this.send(client, inTime, now)) : undefined;
      return () => {
        for (const { reject } of late) reject(new AppendTooLate('it waited until its time was over'));
        tell?.();
      };
    } catch (error) {
      if (group.length === 1 || !mayBeOneMembersFault(error)) return () => group.forEach(({ reject }) => reject(error));
      const tells: Tell[] = [];
      for (const member of group) tells.push(await this.write([member]));
      return () => tells.forEach(tell => tell());
    }
  }

  private async send(client: Client, group: readonly WaitingAppend[], now: number): Promise<Answer> {
    const values = [...this.encode(group), this.deadline(group, now)];
    const query = { name: 'log-append', text, values, types: asSent, rowMode: 'array' as const, query_timeout: answerTimeout };
    try {
      const answer = (await client.query<[string]>(query)).rows[0]![0].split('|') as Answer;
      this.learnTime(answer[1]);
      return answer;
    } catch (error) {
      if (isRefusal(error) && error.code === tooLate) {
        // It was held up on its way, or the clocks have parted: a new connection learns the time anew.
        this.abandon(client);
        throw new AppendTooLate('it came to the database when its time was over', { cause: error });
      }
      if (isRefusal(error)) throw error;
      this.abandon(client);
      throw new AppendUnknown('the answer to an append was lost', { cause: error });
    }
  }

  /**
   * A process that stands still after this, or a line that does, cannot bring an append later: the database looks at its own clock.
   * @returns in the database's time; none where nobody asked for any
   */
  private deadline(group: readonly WaitingAppend[], now: number): string {
    if (group.every(({ sendBy }) => sendBy === Infinity)) return 'infinity';
    return new Date(Math.floor(now + this.writesWithin + this.databaseAhead)).toISOString();
  }

  /** On its way here the instant has grown older, so a deadline that is reckoned by it comes early, never late. */
  private learnTime(instant: string): void {
    this.databaseAhead = Date.parse(isoInstant(instant)) - performance.now();
  }

  private async connect(): Promise<Client> {
    const client = new Client({ connectionTimeoutMillis: 5_000, keepAlive: true, options: letGoOfTheGone, ...this.connection });
    client.on('error', () => this.abandon(client));
    try {
      await client.connect();
      const settings = { text: `${sessionSettings} set statement_timeout = '2s'`, query_timeout: answerTimeout };
      await client.query(settings);
      const asked = { text: clock, types: asSent, rowMode: 'array' as const, query_timeout: answerTimeout };
      this.learnTime((await client.query<[string]>(asked)).rows[0]![0]);
    } catch (error) {
      this.abandon(client);
      throw error;
    }
    return (this.client = client);
  }

  private abandon(client: Client): void {
    if (this.client === client) this.client = undefined;
    client.end().catch(() => {});
  }

  private encode(group: readonly WaitingAppend[]): Buffer[] {
    const { columns, parameters } = this;
    for (const parameter of parameters) parameter.restart();
    for (let member = 0; member < group.length; member += 1) {
      const { append, texts } = group[member]!;
      let nextText = 0;
      for (const { stream, expected, events } of append.writes) {
        this.expect(member, stream, expected);
        for (let nth = 0; nth < events.length; nth += 1) {
          const { id, type } = events[nth]!;
          columns.eventMember.addInteger(member);
          columns.eventStream.addText(stream);
          columns.eventRevision.addInteger(expected + 1 + nth);
          columns.eventId.addUuid(id);
          columns.eventType.addText(type);
          columns.eventMetadata.addText(texts[nextText]!);
          columns.eventData.addText(texts[nextText + 1]!);
          nextText += 2;
        }
      }
      for (const { stream, expected } of append.checks) this.expect(member, stream, expected);
    }
    return parameters.map(parameter => parameter.parameter());
  }

  private expect(member: number, stream: string, expected: number): void {
    this.columns.expectationMember.addInteger(member);
    this.columns.expectationStream.addText(stream);
    this.columns.expectationRevision.addInteger(expected);
  }

  private outcome(group: readonly WaitingAppend[], [before, recorded, moved]: Answer): Tell {
    const movedBy = moved === undefined ? undefined : movedStreams(group, new Set(moved.split(',').map(Number)));
    const written = movedBy ? group.filter(member => !movedBy.has(member)) : group;
    answerOvertaken(this.waiting, written);
    return () => {
      const recordedAt = isoInstant(recorded);
      let position = Number(before);
      for (const member of written) {
        position += member.texts.length / 2;
        member.resolve({ position: String(position), recordedAt });
      }
      movedBy?.forEach((streams, member) => member.reject(new StreamMoved(streams)));
      if (written.length > 0) this.written();
    };
  }
}

/** @param moved which of the group's expectations failed, counted from 1 in the order in which they were sent */
function movedStreams(group: readonly WaitingAppend[], moved: ReadonlySet<number>): Map<WaitingAppend, string[]> {
  const movedBy = new Map<WaitingAppend, string[]>();
  let nth = 0;
  for (const member of group) {
    for (const { stream } of [...member.append.writes, ...member.append.checks]) {
      nth += 1;
      if (moved.has(nth)) movedBy.set(member, [...(movedBy.get(member) ?? []), stream]);
    }
  }
  return movedBy;
}
