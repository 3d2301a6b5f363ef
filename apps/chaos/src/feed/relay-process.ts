import pg from 'pg';
import { PostgresEventStore } from '@lib/platform/event-store/postgres/postgres-event-store.js';
import { KafkaBroker } from '@lib/platform/feed/kafka/kafka-broker.js';
import { byCategory } from '@lib/platform/feed/page.js';
import { Lease } from '@lib/platform/lease/lease.js';
import '@lib/house/office.js';
import { publications } from '@lib/house/publications.js';
import { relayOf } from './faulty-relays.js';
import { Hold } from './hold.js';
import type { RelayProcessSetup, SaidByRelay, ToldToRelay } from './said.js';
import { WatchedBroker } from './watched-broker.js';

const { houseUrl, brokers, lease: times, pageSize, twin } = JSON.parse(process.argv[2]!) as RelayProcessSetup;

const say = (said: SaidByRelay) => void process.send?.(said);
const report = (error: Error) => say({ said: 'trouble', words: error.message });
const hold = new Hold(say);
const store = new PostgresEventStore({ connectionString: houseUrl });
const pool = new pg.Pool({ connectionString: houseUrl, max: 4 });
// A connection that the server ended: the next question makes another.
pool.on('error', report);
const relay = relayOf(twin, {
  publications: byCategory(publications),
  store,
  pool,
  pageSize,
  report,
  broker: new WatchedBroker(new KafkaBroker(brokers), hold, say),
  alongside: async (_, events) => {
    const last = events.at(-1);
    if (last) await hold.reach('committing', Number(last.position));
  },
  controls: { flowing: 1_000, settled: 200 },
});
const lease = new Lease({ pool, name: 'relay', holder: `relay ${process.pid}`, report, ...times });
const stopping = new AbortController();

process.on('message', (told: ToldToRelay) => {
  if (told.do === 'hold') hold.arm(told.at, told.after);
  else if (told.do === 'go') hold.go();
  else if (told.do === 'stop') stopping.abort();
  else {
    globalThis.gc?.();
    const { heapUsed, rss } = process.memoryUsage();
    say({ said: 'weight', heap: heapUsed, resident: rss });
  }
});
process.on('disconnect', () => process.exit(1));
say({ said: 'ready' });

await lease.held(async grant => {
  say({ said: 'granted', token: String(grant.token) });
  let why = 'it was told to stop';
  try {
    await relay.run(grant);
    if (grant.signal.reason instanceof Error) why = grant.signal.reason.message;
  } catch (error) {
    why = error instanceof Error ? error.message : String(error);
    throw error;
  } finally {
    say({ said: 'over', why });
  }
}, stopping.signal);
await store.close();
await pool.end();
process.exit(0);
