import { setTimeout as delay } from 'node:timers/promises';
import { allOut, startLoad, type Campaign, feedKind } from '../campaign.js';
import type { Load } from '../load.js';
import { RelayChild, usualLease } from '../relay-child.js';

const pace = 100;
const secondsBefore = 30;
const weighEvery = 5_000;
/** More than this, in bytes, and what waits for the broker is kept in memory. */
const mostGrowth = 16 * 2 ** 20;

const megabytes = (bytes: number) => (bytes / 2 ** 20).toFixed(1);

function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** The heap after each stretch, the largest of all. */
async function watch(relay: RelayChild, milliseconds: number): Promise<number> {
  let largest = 0;
  for (const end = performance.now() + milliseconds; performance.now() < end;) {
    await delay(Math.min(weighEvery, end - performance.now()));
    largest = Math.max(largest, (await relay.weigh()).heap);
  }
  return largest;
}

function timesOf(load: Load, title: string): { readonly p50: number; readonly p99: number; readonly line: string } {
  const times = load.takeTimes();
  const [p50, p99] = [percentile(times, 0.5), percentile(times, 0.99)];
  return { p50, p99, line: `append ${title}: ${times.length} appends, p50 ${p50.toFixed(2)} ms, p99 ${p99.toFixed(2)} ms` };
}

/** No broker for a while, and appends that go on as if nothing were. */
export const brokerAway = feedKind({
  does: 'takes the broker away for --seconds while appends go on at the same pace; times of appends, memory of the relay, catch-up',
  rounds: 1,
  twins: ['skip-on-error'],
  async run(campaign: Campaign) {
    const { stage, history, turns, violations, say, relayTwin } = campaign;
    const { seconds } = campaign.options;
    const relay = await RelayChild.start(stage, history, { twin: relayTwin, pageSize: 2_000, lease: usualLease });
    const load = startLoad(campaign, pace);
    let [rounds, interrupted] = [0, 0];
    for (const round of turns) {
      rounds = round;
      const met = await stage.head();
      await relay.until('the relay has caught up', async () => (await stage.checkpoint()) >= met);
      load.takeTimes();
      const heapBefore = await watch(relay, secondsBefore * 1_000);
      const before = timesOf(load, 'before');
      await stage.broker.kill();
      const gone = await stage.head();
      const heapDuring = await watch(relay, seconds * 1_000);
      const during = timesOf(load, 'during');
      const [head, checkpoint] = [await stage.head(), await stage.checkpoint()];
      const killed = stage.broker.pid === undefined;
      await stage.broker.restart();
      const back = performance.now();
      const target = await stage.head();
      await relay.until('the relay has caught up again', async () => (await stage.checkpoint()) >= target, 600_000);
      const relayAfter = (performance.now() - back) / 1_000;
      for (const { line } of [before, during]) say(line);
      say(
        `during to before: p50 ${(during.p50 / before.p50).toFixed(2)}, p99 ${(during.p99 / before.p99).toFixed(2)};` +
          ` heap of the relay ${megabytes(heapBefore)} MB before, ${megabytes(heapDuring)} MB at most during`,
      );
      say(
        `${seconds} s away: ${head - gone} events were appended, ${head - checkpoint} waited; caught up ${relayAfter.toFixed(1)} s after the broker answered`,
      );
      if (heapDuring > heapBefore + mostGrowth)
        violations.add('the relay grows', `from ${megabytes(heapBefore)} MB to ${megabytes(heapDuring)} MB`);
      if (killed && (relayTwin !== undefined || head - checkpoint > (head - gone) / 2)) interrupted += 1;
      history.write('away', { round, before, during, heapBefore, heapDuring, head, checkpoint, relayAfter });
    }
    await load.stop();
    await allOut(campaign, [relay]);
    await relay.stop();
    return { rounds, interrupted };
  },
});
