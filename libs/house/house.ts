import { CommandBus } from '@nestjs/cqrs';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { AccountDirectory } from '@lib/access/account/account-directory.js';
import type { Sessions } from '@lib/access/sessions.js';
import type { Reactor } from '@lib/platform/cqrs/reactor.js';
import type { EventStore } from '@lib/platform/event-store/event-store.js';
import type { KeyRing } from '@lib/platform/privacy/key-ring.js';
import type { Projector } from '@lib/platform/read-store/projector.js';
import type { ScopeTree } from '@lib/territory/scope-tree.js';
import { deskOn, readOwnWriteWithin } from './command-desk.js';
import { openFeed, type Feed } from './feed.js';
import { projectorOn, reactorOn } from './followers.js';
import { openFoundation, type HouseSetup } from './foundation.js';
import { frontDoor } from './front-door.js';
import { knownOffice, learnFromProjector } from './known-office.js';
import { feedOfProjector } from './live-feed.js';
import { vitalsOf } from './vital-signs.js';

/** Everything of the office in one process, open or not yet open to the outside. */
export interface House {
  readonly store: EventStore;
  readonly keyRing: KeyRing;
  readonly projector: Projector;
  readonly reactor: Reactor;
  readonly accounts: AccountDirectory;
  readonly tree: ScopeTree;
  readonly sessions: Sessions;
  readonly app: NestFastifyApplication;
  /** Present when brokers were named. */
  readonly feed: Feed | undefined;
  /**
   * Finishes what was accepted, then closes everything in the order in which it depends on each other.
   * @param wait how long it still takes requests while it already says that it is not ready, in milliseconds; 0 when left out
   */
  close(wait?: number): Promise<void>;
}

export async function openHouse(setup: HouseSetup): Promise<House> {
  const foundation = await openFoundation(setup);
  const { store, keyRing } = foundation;
  const known = knownOffice(foundation);
  const projector = projectorOn(foundation);
  const desk = deskOn(foundation, known.gatekeeper, async () => projector.caughtUpTo(await store.head(), readOwnWriteWithin));
  await projector.start();
  await learnFromProjector(foundation, known, projector);

  const feed = setup.brokers?.length ? openFeed(foundation, { brokers: setup.brokers, makeTopics: true }) : undefined;
  const doorkeeper = { accepting: true };
  const vitals = vitalsOf(foundation, { process: 'standalone', doorkeeper, lag: () => projector.lag(), feed });
  const live = feedOfProjector(store, projector);
  const door = await frontDoor(foundation, {
    desk,
    known,
    folding: projector,
    feed: live,
    vitals,
    doorkeeper,
    ...(setup.trustedProxies ? { trustedProxies: setup.trustedProxies } : {}),
    console: setup.console,
  });
  const bus = door.app.get(CommandBus, { strict: false });
  const reactor = reactorOn(foundation, projector, command => bus.execute(command));
  await reactor.start();

  return {
    store,
    keyRing,
    projector,
    reactor,
    ...known,
    app: door.app,
    feed,
    async close(wait = 0) {
      await door.leave(wait);
      await reactor.stop();
      await feed?.close();
      await projector.stop();
      await foundation.close();
    },
  };
}
