import pg from 'pg';
import { PostgresLedger } from '@lib/platform/feed/consumer/ledger.js';
import { personalDataIn } from '@lib/platform/feed/consumer/personal-data.js';
import { Subscriber } from '@lib/platform/feed/consumer/subscriber.js';
import { applyEffects, createEffects } from './effects.js';
import { PlainConsumer } from './plain-consumer.js';
import type { SaidBySubscriber, SubscriberProcessSetup, ToldToSubscriber } from './said.js';

const { url, brokers, topics, twin } = JSON.parse(process.argv[2]!) as SubscriberProcessSetup;

const say = (said: SaidBySubscriber) => void process.send?.(said);
const pool = new pg.Pool({ connectionString: url, max: 4 });
await createEffects(pool);
const subscriber = new Subscriber({
  name: 'chaos',
  brokers,
  topics,
  ledger: new PostgresLedger(pool, 'chaos'),
  apply: applyEffects,
  inspect: ({ data }) => personalDataIn(data),
  report: ({ kind, topic, partition, offset, words }) =>
    say({ said: 'trouble', words: `${kind} ${topic}/${partition} ${offset}: ${words}` }),
  reportEvery: 2_000,
  retryGapAfter: 2_000,
});
const running = twin === undefined ? subscriber : new PlainConsumer(pool, brokers, topics);

process.on('message', ({ do: what }: ToldToSubscriber) => {
  const work = async () => {
    if (what === 'stop') {
      await running.stop();
      await pool.end();
      process.exit(0);
    }
    say({ said: 'caught-up', all: await running.caughtUp(), figures: { ...subscriber.figures } });
  };
  work().catch((error: unknown) => say({ said: 'trouble', words: String(error) }));
});
process.on('disconnect', () => process.exit(1));
await running.start();
say({ said: 'ready' });
