import { allOut, type Campaign, feedKind } from '../campaign.js';
import { fill } from '../load.js';
import { RelayChild, usualLease } from '../relay-child.js';

/** Killed so often on its way, so that order is not only that of one session. */
const kills = 3;

/** A long log through relay and subscriber, by as many relays as it takes. */
export const order = feedKind({
  does: 'takes a log of --events through relay and subscriber, with a few relays killed on the way',
  rounds: kills,
  twins: ['later-first'],
  async run(campaign: Campaign) {
    const { stage, history, seed, turns, say, relayTwin } = campaign;
    const events = campaign.options.events ?? 1_000_000;
    const filling = performance.now();
    const length = await fill(stage.store, seed, events, say);
    say(`${length.toLocaleString('en')} events appended in ${((performance.now() - filling) / 1_000).toFixed(0)} s`);
    const began = performance.now();
    let [rounds, interrupted] = [0, 0];
    for (const round of turns) {
      rounds = round;
      const relay = await RelayChild.start(stage, history, { twin: relayTwin, pageSize: 2_000, lease: usualLease });
      const goal = (length * round) / (kills + 1);
      await relay.until('the relay has come that far', async () => (await stage.checkpoint()) >= goal, 900_000);
      const { position } = await relay.hold('acknowledged', 1);
      await relay.kill();
      const checkpoint = await stage.checkpoint();
      history.write('killed', { round, position, checkpoint });
      if (checkpoint < position) interrupted += 1;
      say(`a relay was killed at ${position.toLocaleString('en')}`);
    }
    const relay = await RelayChild.start(stage, history, { twin: relayTwin, pageSize: 2_000, lease: usualLease });
    await allOut(campaign, [relay], 900_000);
    say(`all of it was out after ${((performance.now() - began) / 1_000).toFixed(0)} s`);
    await relay.stop();
    return { rounds, interrupted };
  },
});
