import { allOut, startLoad, type Campaign, feedKind } from '../campaign.js';
import { RelayChild } from '../relay-child.js';
import type { Point } from '../said.js';

const points: readonly [Point, ...Point[]] = ['acknowledged', 'acknowledged', 'sending', 'committing', 'unsent'];

/** The relay ends by SIGKILL while a page is on its way, between produce and checkpoint for the most part; another one begins. */
export const killRelay = feedKind({
  does: 'ends the relay by SIGKILL between produce and checkpoint, under load',
  rounds: 50,
  twins: ['checkpoint-first', 'no-ledger'],
  async run(campaign: Campaign) {
    const { stage, history, random, turns, violations, say, relayTwin } = campaign;
    const load = startLoad(campaign, 60);
    let [rounds, interrupted] = [0, 0];
    for (const round of turns) {
      rounds = round;
      const relay = await RelayChild.start(stage, history, { twin: relayTwin });
      // The first round is between produce and checkpoint in any case.
      const point = round === 1 ? (relayTwin === 'checkpoint-first' ? 'unsent' : 'acknowledged') : random.pick(points);
      const { position } = await relay.hold(point, 1 + random.below(4));
      await relay.kill();
      const checkpoint = await stage.checkpoint();
      history.write('killed', { round, point, position, checkpoint });
      // The page was cut off: what it holds is not behind the checkpoint of the dead.
      if (checkpoint < position || relayTwin !== undefined) interrupted += 1;
      else violations.add('the checkpoint is ahead', `at ${checkpoint}, while ${position} was held where it is ${point}`);
      if (round % 10 === 0) say(`round ${round}: killed ${point} at ${position}`);
    }
    await load.stop();
    const last = await RelayChild.start(stage, history, { twin: relayTwin });
    await allOut(campaign, [last]);
    await last.stop();
    return { rounds, interrupted };
  },
});
