import { setTimeout as delay } from 'node:timers/promises';
import { allOut, startLoad, type Campaign, feedKind } from '../campaign.js';
import { RelayChild } from '../relay-child.js';

/** Longer than the producer tries by itself, so that its session ends. */
const longAbsence = 6_000;

/** The broker ends by SIGKILL while a send is on its way, and comes back on the same folder; relay and subscriber go on by themselves. */
export const killBroker = feedKind({
  does: 'ends the broker by SIGKILL under a send, and starts it again; nobody helps the relay or the subscriber',
  rounds: 50,
  twins: ['skip-on-error'],
  async run(campaign: Campaign) {
    const { stage, history, random, turns, say, relayTwin } = campaign;
    const relay = await RelayChild.start(stage, history, { twin: relayTwin });
    const load = startLoad(campaign, 40);
    let [rounds, interrupted] = [0, 0];
    let slowest = 0;
    for (const round of turns) {
      rounds = round;
      // From the middle of the work, not from the recovery of the round before.
      const met = await stage.head();
      await relay.until('the relay has caught up', async () => (await stage.checkpoint()) >= met);
      await relay.until('a send is on its way', () => relay.outstanding);
      const before = relay.troubles;
      await stage.broker.kill();
      // The answer may have come before the death: then the next send finds nobody. It may also have failed by now.
      const lost = () => relay.outstanding || relay.troubles > before;
      await relay.until('a send has lost its broker', lost);
      const cutOff = stage.broker.pid === undefined && lost();
      const absence = round % 5 === 0 || relayTwin !== undefined ? longAbsence : random.below(500);
      await delay(absence);
      const waiting = (await stage.head()) - (await stage.checkpoint());
      await stage.broker.restart();
      const [back, head] = [performance.now(), await stage.head()];
      await relay.until(
        'the relay is where the log was when the broker came back',
        async () => (await stage.checkpoint()) >= head,
      );
      const recovery = Math.round(performance.now() - back);
      slowest = Math.max(slowest, recovery);
      if (cutOff && (waiting > 0 || relayTwin !== undefined)) interrupted += 1;
      history.write('killed the broker', { round, absence, waiting, cutOff, recovery, troubles: relay.troubles });
      if (round % 10 === 0) say(`round ${round}: ${waiting} events waited, recovered ${recovery} ms after the broker answered`);
    }
    await load.stop();
    await allOut(campaign, [relay]);
    say(`${relay.troubles} failed sessions of the relay; slowest recovery ${slowest} ms after the broker answered`);
    await relay.stop();
    return { rounds, interrupted };
  },
});
