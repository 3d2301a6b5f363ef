import {
  beforeEverything,
  comparePositions,
  type EventStore,
  type RecordedEvent,
} from '@lib/platform/event-store/event-store.js';
import type { Words } from '@lib/platform/kernel/event.js';

export interface LogCensus {
  readonly events: number;
  readonly streams: number;
  readonly appends: number;
  readonly faults: readonly Words[];
}

const faultsShown = 20;

/**
 * Reads the whole log: positions rise (dense ones without a gap), each stream is dense from 0, appends are whole and not mixed, no time
 * goes back.
 * @param dense whether the store counts without gaps
 * @param look is given every page
 */
export async function censusOf(
  store: Pick<EventStore, 'readAll' | 'head'>,
  dense: boolean,
  say: (position: string) => void,
  signal?: AbortSignal,
  look: (page: readonly RecordedEvent[]) => Promise<void> = () => Promise.resolve(),
): Promise<LogCensus> {
  const faults: Words[] = [];
  const fault = (zh: string, en: string) => {
    if (faults.length < faultsShown) faults.push({ zh, en });
  };
  const revisions = new Map<string, number>();
  const head = await store.head();
  let [position, recordedAt, events, appends, expected] = [beforeEverything, '', 0, 0, 0];
  while (comparePositions(position, head) < 0 && !signal?.aborted) {
    const page = await store.readAll(position, 4_000);
    if (page.length === 0) {
      fault(`日志止于 ${position},而不是 ${head}`, `the log ends at ${position}, not at ${head}`);
      break;
    }
    for (const event of page) {
      const { stream, revision, metadata } = event;
      if (dense ? BigInt(event.position) !== BigInt(position) + 1n : comparePositions(event.position, position) <= 0)
        fault(`${position} 之后是 ${event.position}`, `${event.position} comes after ${position}`);
      const before = revisions.get(stream) ?? -1;
      if (revision !== before + 1)
        fault(`${stream} 的 ${before} 之后是 ${revision}`, `in ${stream}, ${revision} comes after ${before}`);
      if (Number(metadata.index) !== expected)
        fault(`位置 ${event.position} 的写入不完整`, `the append at position ${event.position} is not whole`);
      if (event.recordedAt < recordedAt)
        fault(`位置 ${event.position} 的时间倒退`, `time goes back at position ${event.position}`);
      expected = Number(metadata.index) + 1 === Number(metadata.count) ? 0 : Number(metadata.index) + 1;
      if (expected === 0) appends += 1;
      revisions.set(stream, revision);
      ({ position, recordedAt } = event);
      events += 1;
    }
    await look(page);
    say(position);
  }
  if (expected !== 0) fault(`最后一次写入不完整`, 'the last append is not whole');
  return { events, streams: revisions.size, appends, faults };
}
