import { allOut, startLoad, type Campaign, feedKind } from '../campaign.js';
import { RelayChild } from '../relay-child.js';
import type { Point } from '../said.js';

const points: readonly [Point, ...Point[]] = ['acknowledged', 'sending', 'unsent', 'committing'];

/** Of two relays, the one with the lease stands still by SIGSTOP until the other has taken over and moved on; then it wakes up. */
export const pauseRelay = feedKind({
  does: 'stops the relay that has the lease by SIGSTOP until another has taken over and gone on, and wakes it up again',
  rounds: 50,
  twins: ['unfenced'],
  async run(campaign: Campaign) {
    const { stage, history, random, turns, violations, say, relayTwin } = campaign;
    const relays = [
      await RelayChild.start(stage, history, { twin: relayTwin }),
      await RelayChild.start(stage, history, { twin: relayTwin }),
    ] as const;
    const load = startLoad(campaign, 60);
    let [rounds, interrupted] = [0, 0];
    for (const round of turns) {
      rounds = round;
      const [first, second] = relays;
      await first.until('a relay has the lease', () => relays.some(({ token }) => token !== undefined));
      const [holder, other] = first.token === undefined ? [second, first] : [first, second];
      // Without a fence a transaction that stands still is never ended, and nobody gets past it.
      const point = relayTwin === undefined ? random.pick(points) : 'acknowledged';
      const { position } = await holder.hold(point, 1 + random.below(3));
      const [token, losses] = [holder.token, holder.losses];
      if (token === undefined) throw new Error('a relay is held that has no lease');
      holder.pause();
      await other.until('the other relay takes over', () => other.token !== undefined);
      await other.until('it goes on behind the page of the paused one', async () => (await stage.checkpoint()) > position);
      const meanwhile = await stage.checkpoint();
      const successor = other.token;
      holder.wake();
      holder.tell({ do: 'go' });
      await holder.until('the paused relay knows that it has lost', () => holder.losses > losses);
      if (successor !== undefined && successor > token && meanwhile > position) interrupted += 1;
      const after = await stage.checkpoint();
      if (after < meanwhile) violations.add('a stale write', `the checkpoint went back from ${meanwhile} to ${after}`);
      history.write('paused', { round, point, position, token: String(token), successor: String(successor), meanwhile, after });
      if (round % 10 === 0) say(`round ${round}: paused ${point} at ${position}, the other had gone on to ${meanwhile}`);
    }
    await load.stop();
    await allOut(campaign, relays);
    for (const relay of relays) await relay.stop();
    return { rounds, interrupted };
  },
});
