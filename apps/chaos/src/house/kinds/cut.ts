import { setTimeout as delay } from 'node:timers/promises';
import type { Program } from '@lib/platform/processes/program.js';
import { houseKind } from '../campaign.js';
import { ProxyChild } from '../proxy-child.js';
import { ways, type Way } from '../said.js';

const roundsEach = 10;
/** Longer than the house waits for an answer to an append, so that a line that is silently dead is found out. */
const silence = { shortest: 500, longest: 7_000 };

function waysOf(asked: string | undefined): readonly Way[] {
  if (asked === undefined) return ways;
  const way = ways.find(each => each === asked);
  if (!way) throw new Error(`--kind=${asked} is none of ${ways.join(', ')}`);
  return [way];
}

/** Every line between the house and PostgreSQL goes through a proxy of ours, and is cut. Nobody helps the house. */
export const cut = houseKind({
  does: 'cuts the lines between the house and PostgreSQL by --kind=reset|blackhole|halfopen|slow, all in turn when left out',
  rounds: roundsEach * ways.length,
  twins: { 'lost-is-failed': 'a command was written that was said not to be' },
  async run({ stage, turns, options, history, random, seed, violations, say, people, look }) {
    const kinds = waysOf(options.way);
    const proxy = await ProxyChild.start({ target: { path: stage.server.socket }, seed, loseAnswers: 0 });
    const environment = { DATABASE_URL: `postgres://postgres@127.0.0.1:${proxy.port}/house?sslmode=disable` };
    const doors: Program[] = [stage.start('api', environment), stage.start('api', environment)];
    stage.start('projector', environment);
    stage.start('reactor', environment);
    const writers = await people(doors);
    writers.tell({ do: 'go' });
    let [rounds, interrupted] = [0, 0];
    for (const round of turns) {
      rounds = round;
      const way = kinds[round % kinds.length]!;
      const before = writers.tally;
      await writers.until('the writers are at work', () => writers.tally.ok > before.ok + 20 + random.below(60));
      const { lost, turnedAway } = writers.tally;
      const lines = await proxy.cut(way);
      await delay(silence.shortest + random.below(way === 'reset' || way === 'slow' ? 1_000 : silence.longest));
      await proxy.mend();
      const mended = performance.now();
      const { ok } = writers.tally;
      const back = await writers
        .until('the house has come back', () => writers.tally.ok > ok, 60_000)
        .then(
          () => true,
          () => false,
        );
      if (!back) {
        violations.add('the house did not come back', `a minute after the line was ${way}`);
        break;
      }
      const cutOff = writers.tally.lost - lost + writers.tally.turnedAway - turnedAway;
      // What is slow loses nothing; that lines were open and slowed down is all that there is to see.
      if (cutOff > 0 || (way === 'slow' && lines > 0)) interrupted += 1;
      await look();
      history.write('cut', { round, way, lines, cutOff, back: Math.round(performance.now() - mended), tally: writers.tally });
      if (round % 10 === 0) say(`round ${round}: ${writers.tally.ok} commands acknowledged so far`);
    }
    await writers.stop();
    return { rounds, interrupted };
  },
});
