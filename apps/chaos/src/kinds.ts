import { brokerAway } from './feed/kinds/broker-away.js';
import { killBroker } from './feed/kinds/kill-broker.js';
import { killRelay } from './feed/kinds/kill-relay.js';
import { order } from './feed/kinds/order.js';
import { pauseRelay } from './feed/kinds/pause-relay.js';
import { ackLoss } from './house/kinds/ack-loss.js';
import { cut } from './house/kinds/cut.js';
import { diskFull } from './house/kinds/disk-full.js';
import { drain } from './house/kinds/drain.js';
import { gaps } from './house/kinds/gaps.js';
import { killApp } from './house/kinds/kill-app.js';
import { killStore } from './house/kinds/kill-store.js';
import { pause } from './house/kinds/pause.js';
import { poison } from './house/kinds/poison.js';
import type { Kind } from './kind.js';

/** Everything that can be broken: the house with its log, and the feed. */
export const kinds: Readonly<Record<string, Kind>> = {
  'kill-app': killApp,
  'kill-store': killStore,
  'ack-loss': ackLoss,
  gaps,
  cut,
  drain,
  pause,
  poison,
  'disk-full': diskFull,
  'kill-relay': killRelay,
  'kill-broker': killBroker,
  'broker-away': brokerAway,
  'pause-relay': pauseRelay,
  order,
};
