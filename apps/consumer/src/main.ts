import { parseArgs } from 'node:util';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setTimeout as delay } from 'node:timers/promises';
import pg, { escapeIdentifier } from 'pg';
import { languageOfTerminal } from '@lib/platform/kernel/language.js';
import { startEmbeddedPostgres } from '@lib/platform/embedded-postgres/embedded-postgres.js';
import { holdDataFolder } from '@lib/platform/embedded-postgres/data-folder-lock.js';
import { inspectionOf, schemasFrom } from '@lib/platform/feed/consumer/inspection.js';
import { startFromStates } from '@lib/platform/feed/consumer/late-start.js';
import { PostgresLedger } from '@lib/platform/feed/consumer/ledger.js';
import { Subscriber } from '@lib/platform/feed/consumer/subscriber.js';
import { applyToStructure, createStructure, overview, putStates, type Overview } from './structure.js';

const topics = [
  'yizhan.division.v1',
  'yizhan.service-center.v1',
  'yizhan.service-station.v1',
  'yizhan.social-worker.v1',
  'yizhan.posting.v1',
  'yizhan.certificate.v1',
  'yizhan.volunteer.v1',
  'yizhan.volunteer-link.v1',
];

const language = languageOfTerminal(process.env);
const words = (zh: string, en: string) => (language === 'zh' ? zh : en);

const { values: options } = parseArgs({
  options: {
    'until-caught-up': { type: 'boolean', default: false },
    'from-states': { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    name: { type: 'string', default: 'structure-sample' },
  },
});
const brokers = (process.env.KAFKA_BROKERS ?? '127.0.0.1:9092').split(',');
const say = (line: string) => {
  if (!options.json) console.log(line);
};
const schemaName = options.name.replaceAll(/\W+/g, '_');
const schema = escapeIdentifier(schemaName);

/** What every fact may hold, as it was promised. */
const schemas = fileURLToPath(new URL('../../../../docs/schemas', import.meta.url));

const closings: (() => Promise<unknown>)[] = [];

/** A database of the subscriber's own: somebody else's house. */
async function ownDatabase(): Promise<string> {
  const given = process.env.YIZHAN_CONSUMER_DATABASE_URL;
  if (given) return given;
  const dataFolder = resolve(process.env.YIZHAN_CONSUMER_DATA ?? '.yizhan/consumer');
  const hold = await holdDataFolder(dataFolder);
  closings.push(() => hold.release());
  const server = await startEmbeddedPostgres({ dataFolder, say });
  closings.push(() => server.stop());
  return server.url('postgres');
}

async function summary(pool: pg.Pool): Promise<string> {
  const { rows } = await pool.query<Overview>(overview(schema));
  const { required, withCenter, centers, stations, staffed, links } = rows[0]!;
  return words(
    `应设中心的街道乡镇 ${required} 个,已设 ${withCenter} 个;中心 ${centers} 个,服务站 ${stations} 个(有社工 ${staffed} 个),志愿者挂靠 ${links} 次`,
    `${required} streets and towns need a center, ${withCenter} have one; ${centers} centers, ${stations} stations (${staffed} with a worker), ${links} volunteer links`,
  );
}

async function run(): Promise<number> {
  const pool = new pg.Pool({ connectionString: await ownDatabase(), max: 3 });
  // A connection that lies idle may be lost; what is asked next gets another one.
  pool.on('error', error => console.error(error.message));
  closings.push(() => pool.end());
  const ledger = new PostgresLedger(pool, schemaName);
  await ledger.prepare();
  await pool.query(createStructure(schema));
  if (options['from-states']) {
    const count = await startFromStates({
      name: options.name,
      brokers,
      topics: Object.fromEntries(topics.map(topic => [topic, topic.replace(/^yizhan\.(.+)\.v1$/, 'yizhan.state.$1')])),
      ledger,
      apply: (client, states) => putStates(client, schema, states),
    });
    say(words(`从今天的状态开始:${count} 个`, `Began with ${count} states as of today`));
  }
  const subscriber = new Subscriber({
    name: options.name,
    brokers,
    topics,
    ledger,
    inspect: inspectionOf(await schemasFrom(schemas)),
    apply: (client, facts) => applyToStructure(client, schema, facts),
    report: ({ kind, topic, partition, offset, words: found }) =>
      console.error(`${kind} ${topic}/${partition} @${offset}: ${found}`),
  });
  await subscriber.start();
  closings.push(() => subscriber.stop());
  say(words(`正在订阅 ${brokers.join()},按 Ctrl-C 停止`, `Subscribing at ${brokers.join()}; Ctrl-C stops`));

  if (options['until-caught-up']) await subscriber.caughtUp(stopping.signal);
  else {
    for (let before = -1; !stopping.signal.aborted;) {
      const { records } = subscriber.figures;
      if (records !== before) say(`${records}: ${await summary(pool)}`);
      before = records;
      await delay(2_000, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  }
  const { rows } = await pool.query<{ streams: number }>(`select count(*)::int as streams from ${schema}.feed_stream`);
  const { records, duplicates, gaps, outOfOrder, personal } = subscriber.figures;
  if (options.json) {
    console.log(
      JSON.stringify({
        records,
        streams: rows[0]!.streams,
        duplicates,
        gaps,
        outOfOrder,
        personal,
        position: subscriber.position,
      }),
    );
  } else say(await summary(pool));
  return gaps + outOfOrder + personal > 0 ? 1 : 0;
}

const stopping = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stopping.abort());
let code = 1;
try {
  code = await run();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
} finally {
  for (const close of closings.reverse()) await close().catch((error: unknown) => console.error(error));
}
process.exit(code);
