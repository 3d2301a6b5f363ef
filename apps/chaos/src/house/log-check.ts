import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { RecordedEvent } from '@lib/platform/event-store/event-store.js';
import { LogJudge } from '@lib/house/log-judge.js';
import type { Violations } from '../violations.js';
import { commandIdsOf, differingReceipts, type RememberedDeed } from './deeds.js';

const sealedBegin = 'yz1.';

const printOf = ({ stream, revision, id, type, recordedAt, metadata, data }: RecordedEvent) =>
  createHash('md5')
    .update(JSON.stringify([stream, revision, id, type, recordedAt, metadata, data]))
    .digest('base64url');

/** Remembers what was seen in the log: what has once been seen must stay, unchanged. */
export class Witness {
  private readonly prints = new Map<string, string>();
  /** Up to where it has looked. */
  position = '0';

  see(event: RecordedEvent): void {
    this.prints.set(event.position, printOf(event));
    this.position = event.position;
  }

  /** @returns undefined when it is what was seen, or was never seen */
  complaint(event: RecordedEvent): string | undefined {
    const print = this.prints.get(event.position);
    this.prints.delete(event.position);
    return print === undefined || print === printOf(event) ? undefined : `at ${event.position} there was another one before`;
  }

  /** What was seen and never came again. */
  get missing(): readonly string[] {
    return [...this.prints.keys()];
  }
}

export interface LogFigures {
  readonly events: number;
  readonly ok: number;
  readonly fail: number;
  readonly unknown: number;
  /** Of unknown outcome, and in the log. */
  readonly committed: number;
  readonly head: string;
}

/** Whatever a fact says of the same field as its command, it says the same. */
function changedField({ fields }: RememberedDeed, { data }: RecordedEvent): string | undefined {
  return Object.keys(fields).find(name => {
    const stored = data[name];
    if (stored === undefined || (typeof stored === 'string' && stored.startsWith(sealedBegin))) return false;
    return !isDeepStrictEqual(stored, fields[name]);
  });
}

/**
 * Invariants I1 to I5 and I8, from the whole log in order and from what its writers remember.
 * @param witness of what was seen of the log on the way
 * @param ofTheOffice false where commands of the office did not write it: then without I8
 */
export async function checkLog(
  events: AsyncIterable<RecordedEvent> | Iterable<RecordedEvent>,
  deeds: readonly RememberedDeed[],
  violations: Violations,
  witness = new Witness(),
  ofTheOffice = true,
): Promise<LogFigures> {
  const judge = new LogJudge((invariant, words) => violations.add(invariant, words), { ofTheOffice });
  const idsOf = new Map(deeds.map(deed => [deed, commandIdsOf(deed)]));
  const written = new Map([...idsOf.values()].flat().map(id => [id, [] as RecordedEvent[]]));
  let [count, head] = [0, '0'];
  for await (const event of events) {
    count += 1;
    head = event.position;
    judge.take(event);
    const complaint = witness.complaint(event);
    if (complaint !== undefined) violations.add('I1 an event was changed', complaint);
    written.get(event.metadata.commandId ?? '')?.push(event);
  }
  judge.finish();
  for (const position of witness.missing) violations.add('I1 an event that was seen is missing', `at ${position}`);

  const outcomes = { ok: 0, fail: 0, unknown: 0 };
  let committed = 0;
  for (const [deed, ids] of idsOf) {
    outcomes[deed.outcome] += 1;
    const found = ids.filter(id => written.get(id)!.length > 0);
    const words = `${deed.command} ${JSON.stringify(deed.fields)}`;
    if (found.length > 1) violations.add('I2 a command was carried out twice', `${words} as ${found.join(' and ')}`);
    for (const odd of deed.odd) violations.add('a wrong answer', `${words}: ${odd}`);
    for (const receipt of differingReceipts(deed))
      violations.add('I2 another receipt for the same command', `${words}: ${JSON.stringify([deed.receipts[0], receipt])}`);
    if (deed.outcome === 'unknown' && found.length > 0) committed += 1;
    if (deed.outcome === 'fail' && found.length > 0) violations.add('a command was written that was said not to be', words);
    if (deed.outcome === 'ok') checkReceipt(deed, written, violations);
  }
  return { events: count, ...outcomes, committed, head };
}

function checkReceipt(
  deed: RememberedDeed,
  written: ReadonlyMap<string, readonly RecordedEvent[]>,
  violations: Violations,
): void {
  const receipt = deed.receipts.find(({ facts }) => facts.length > 0);
  if (!receipt) return;
  const { commandId, facts, position, streams } = receipt;
  const events = written.get(commandId) ?? [];
  const words = `${deed.command} ${JSON.stringify(receipt)}`;
  if (events.length === 0) {
    violations.add('I1 an acknowledged event is missing', words);
    return;
  }
  const revisions = new Map(events.map(({ stream, revision }) => [stream, revision]));
  const told = new Map(streams.map(({ stream, revision }) => [stream, revision]));
  const [first] = events;
  if (
    !isDeepStrictEqual(
      events.map(({ type }) => type),
      facts,
    ) ||
    events.at(-1)!.position !== position ||
    !isDeepStrictEqual(revisions, told)
  )
    violations.add('I1 an acknowledged event is not what was acknowledged', words);
  const changed = events.map(event => changedField(deed, event)).find(name => name !== undefined && first!.stream !== '');
  if (changed !== undefined) violations.add('I1 an event was changed', `${words}: ${changed}`);
}
