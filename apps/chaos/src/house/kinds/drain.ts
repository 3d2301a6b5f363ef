import { setTimeout as delay } from 'node:timers/promises';
import type { Program } from '@lib/platform/processes/program.js';
import { houseKind } from '../campaign.js';

const wait = 1_000;

/** A door is told to stop by SIGTERM under load; a distributor sees by its health that it takes no more, and sends people elsewhere. */
export const drain = houseKind({
  does: 'tells a door to stop by SIGTERM under load: everything that came in is answered, no connection is cut, and it ends with 0',
  rounds: 50,
  twins: { 'ends-at-once': 'a request was cut off' },
  async run({ stage, turns, history, twin, violations, say, people, look }) {
    const environment = { YIZHAN_DRAIN_WAIT: String(wait) };
    const doors: Program[] = [stage.start('api', environment), stage.start('api', environment)];
    stage.start('projector');
    stage.start('reactor');
    const writers = await people(doors);
    writers.tell({ do: 'go' });
    let [rounds, interrupted] = [0, 0];
    for (const round of turns) {
      rounds = round;
      const [leaving, staying] = doors as [Program, Program];
      const urls = [await staying.url(), await leaving.url()];
      await writers.turnTo(urls);
      const before = writers.tally;
      await writers.until('the writers are at work', () => writers.tally.ok > before.ok + 30);
      const { lost, ok } = writers.tally;
      const toldAt = performance.now();
      stage.expectEndOf(leaving);
      leaving.signal(twin === 'ends-at-once' ? 'SIGKILL' : 'SIGTERM');
      while (leaving.running) {
        const ready = await fetch(`${urls[1]}/api/health/ready`, { headers: { connection: 'close' } }).catch(() => undefined);
        if (ready?.status !== 200) break;
        await delay(20);
      }
      await writers.turnTo([urls[0]!]);
      // A door waits for as long as a distributor needs to hear of it; on a busy machine that of the drill may need longer.
      const heardAfter = Math.round(performance.now() - toldAt);
      const inTime = heardAfter < wait;
      const code = await leaving.ended;
      await writers.until('they go on elsewhere', () => writers.tally.ok > ok);
      const cutOff = writers.tally.lost - lost;
      if (cutOff > 0 && inTime) violations.add('a request was cut off', `${cutOff} in round ${round}`, cutOff);
      if (code !== 0 && twin === undefined)
        violations.add('a door did not end in order', `with ${code}: ${leaving.output.slice(-500)}`);
      // Work was under way when it was told to stop.
      if (writers.tally.ok > ok && inTime) interrupted += 1;
      doors.splice(0, 2, staying, stage.start('api', environment));
      if (round % 10 === 0) await look();
      history.write('drained', { round, code, heardAfter, cutOff, tally: writers.tally });
      if (!inTime)
        say(`round ${round} does not count: that the door leaves was heard after ${heardAfter} ms, ${cutOff} were cut off`);
      if (round % 10 === 0) say(`round ${round}: ${writers.tally.ok} commands acknowledged so far`);
    }
    await writers.stop();
    return { rounds, interrupted };
  },
});
