import { CommandDesk } from '@lib/platform/cqrs/command-desk.js';
import { StreamFolds } from '@lib/platform/cqrs/stream-folds.js';
import type { Gatekeeper } from '@lib/platform/kernel/access.js';
import { sealFacts } from '@lib/platform/privacy/sealing.js';
import type { Foundation } from './foundation.js';

/** How long somebody waits until what follows the log has come as far as they have seen, in milliseconds. */
export const readOwnWriteWithin = 2_000;

/** The way of every command on this foundation; the arguments are what its gatekeeper knows, and whether that is all. */
export const deskOn = (
  { store, personKeys, keyRing, clock }: Foundation,
  gatekeeper: Gatekeeper,
  gatekeeperCaughtUp: () => Promise<boolean>,
): CommandDesk =>
  new CommandDesk({
    store,
    folds: new StreamFolds(store),
    gatekeeper,
    gatekeeperCaughtUp,
    lookUps: {
      personKey: (idNumber, options) => personKeys.streamIdFor(idNumber, options),
      certificateKey: (number, options) => personKeys.streamIdFor(`certificate:${number}`, options),
    },
    seal: facts => sealFacts(facts, keyRing),
    clock,
  });
