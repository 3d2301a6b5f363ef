import { existsSync } from 'node:fs';
import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import pino from 'pino';
import type { Words } from '@lib/platform/kernel/event.js';
import { loadMasterKey } from '@lib/platform/privacy/master-key.js';
import { CannotStart, prepareDatabases } from './databases.js';
import { openFoundation, type Foundation } from './foundation.js';
import type { Closings } from './program.js';
import type { Settings } from './settings.js';

/** Who this process is, for the others of its kind and for whoever looks after them. */
export const processName = () => `${hostname()} ${process.pid}`;

export const sentenceIn = (language: 'zh' | 'en', { zh, en }: Words) => (language === 'zh' ? zh : en);

/**
 * The foundation of one of several processes: on a PostgreSQL that all of them reach, with the key that all of them have.
 * What is written to the log of the process goes to stderr, a JSON object a line.
 * @param makesKey whether a master key may be made where there is none: by the very first program only
 * @throws CannotStart, LogUnusable, MasterKeyUnreadable, MasterKeyMismatch
 */
export async function standOn(settings: Settings, closings: Closings, makesKey = false): Promise<Foundation> {
  const { databaseUrl, factsIn, language, logLevel } = settings;
  if (databaseUrl === undefined) {
    throw new CannotStart(
      sentenceIn(language, {
        zh: '须设置 DATABASE_URL:几个进程共用一个 PostgreSQL。只用一个进程时,请运行 npm start。',
        en: 'DATABASE_URL must be set: several processes share one PostgreSQL. For one process alone, run npm start.',
      }),
    );
  }
  const keyFile = join(resolve(settings.dataFolder), 'master.key');
  if (settings.masterKey === undefined && !makesKey && !existsSync(keyFile)) {
    throw new CannotStart(
      sentenceIn(language, {
        zh: `没有主密钥:请设置 YIZHAN_MASTER_KEY,或把 ${keyFile} 放到位;第一次使用请先运行 npm run admin -- init。`,
        en: `There is no master key: set YIZHAN_MASTER_KEY or put ${keyFile} in place; on the first day run npm run admin -- init first.`,
      }),
    );
  }
  const log = pino({ level: logLevel, base: undefined, timestamp: pino.stdTimeFunctions.isoTime }, pino.destination(2));
  const databases = await prepareDatabases(databaseUrl, language);
  const masterKey = await loadMasterKey({ fromEnvironment: settings.masterKey, keyFile });
  const foundation = await openFoundation({ databases, masterKey, log, factsIn });
  closings.push(() => foundation.close());
  return foundation;
}
