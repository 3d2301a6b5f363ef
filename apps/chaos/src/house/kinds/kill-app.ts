import type { Program } from '@lib/platform/processes/program.js';
import { houseKind } from '../campaign.js';

const followers = ['projector', 'reactor'] as const;

/** A door ends by SIGKILL under load, and with it now and then who folds and who answers; others take over. */
export const killApp = houseKind({
  does: 'ends a process of the house by SIGKILL under load: a door each time, and the projector or the reactor with it',
  rounds: 100,
  twins: { 'lost-is-failed': 'a command was written that was said not to be' },
  async run({ stage, turns, history, random, say, people, look }) {
    const doors: Program[] = [stage.start('api'), stage.start('api')];
    const others = { projector: stage.start('projector'), reactor: stage.start('reactor') };
    const writers = await people(doors);
    writers.tell({ do: 'go' });
    let arrived: Promise<unknown> = doors[1]!.url();
    let [rounds, interrupted] = [0, 0];
    for (const round of turns) {
      rounds = round;
      const [victim, survivor] = doors as [Program, Program];
      await arrived;
      const before = writers.tally;
      await writers.until('the writers are at work', () => writers.tally.ok > before.ok + random.below(60));
      const lost = writers.tally.lost;
      const follower = random.next() < 0.5 ? random.pick(followers) : undefined;
      await Promise.all([stage.kill(victim), ...(follower ? [stage.kill(others[follower])] : [])]);
      await writers.turnTo([await survivor.url()]);
      doors.splice(0, 2, survivor, stage.start('api'));
      if (follower) others[follower] = stage.start(follower);
      await writers.until('the writers have noticed', () => writers.tally.lost > lost, 5_000).catch(() => undefined);
      const cutOff = writers.tally.lost - lost;
      if (cutOff > 0) interrupted += 1;
      await look();
      history.write('killed', { round, follower, cutOff, tally: writers.tally });
      arrived = doors[1]!.url().then(async url => writers.turnTo([await survivor.url(), url]));
      if (round % 10 === 0) say(`round ${round}: ${cutOff} answers were lost, ${writers.tally.ok} commands acknowledged so far`);
    }
    await arrived;
    await writers.stop();
    return { rounds, interrupted };
  },
});
