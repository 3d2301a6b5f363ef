import 'reflect-metadata';
import { join, resolve } from 'node:path';
import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import pino from 'pino';
import { holdDataFolder } from '@lib/platform/embedded-postgres/data-folder-lock.js';
import { TopicsUnfit } from '@lib/platform/feed/broker.js';
import { loadMasterKey } from '@lib/platform/privacy/master-key.js';
import { gatherStatistics, prepareDatabases } from '@lib/house/databases.js';
import { embeddedDatabase } from '@lib/house/embedded-database.js';
import { bringDivisions, openPilotAccounts, type NewAccount } from '@lib/house/first-day.js';
import { isConsole } from '@lib/house/console.js';
import { openHouse } from '@lib/house/house.js';
import { listen, runProgram, type Running } from '@lib/house/program.js';
import type { Settings } from '@lib/house/settings.js';

/** Where the build puts the console, as seen from the built program. */
const consoleFolder = fileURLToPath(new URL('../../../console/', import.meta.url));

function sayProgress(zh: boolean) {
  return ({ done, total }: { readonly done: number; readonly total: number }) => {
    const line = zh ? `导入吉林省行政区划 ${done}/${total}` : `Loading the divisions of Jilin ${done}/${total}`;
    if (process.stdout.isTTY) process.stdout.write(`\r${line}${done === total ? '\n' : ''}`);
    else console.log(line);
  };
}

function welcome({ language, pilotPassword }: Settings, url: string, opened: readonly NewAccount[]): string {
  const zh = language === 'zh';
  const accounts = opened.map(
    ({ account, password }) => `  ${account.padEnd(10)} ${pilotPassword === undefined ? password : 'YIZHAN_PILOT_PASSWORD'}`,
  );
  return [
    '',
    zh ? `一站已就绪:${url}` : `Yizhan is ready: ${url}`,
    ...(accounts.length > 0
      ? [
          zh ? '试点账号(口令只显示这一次,请抄下):' : 'Pilot accounts (passwords are shown this once; write them down):',
          ...accounts,
        ]
      : []),
    zh
      ? '先试试:另开一个终端运行 npm run demo,看一个街道的中心、站、社工和志愿者如何建立起来。'
      : 'Try first: run npm run demo in another terminal and watch a street get its center, stations, worker and volunteers.',
    zh ? `接口说明:${url}/api/openapi.json · 按 Ctrl-C 停止` : `What can be asked: ${url}/api/openapi.json · Ctrl-C stops`,
    '',
  ].join('\n');
}

async function start({ settings, closings }: Running): Promise<void> {
  const zh = settings.language === 'zh';
  const dataFolder = resolve(settings.dataFolder);
  const say = (line: string) => console.log(line);
  const hold = await holdDataFolder(dataFolder);
  closings.push(() => hold.release());
  await mkdir(dataFolder, { recursive: true });
  const destination = pino.destination({ dest: join(dataFolder, 'yizhan.log'), sync: false });
  const log = pino({ level: settings.logLevel, base: undefined, timestamp: pino.stdTimeFunctions.isoTime }, destination);
  closings.push(async () => destination.flushSync());

  const url = settings.databaseUrl ?? (await embeddedDatabase(dataFolder, closings, say));
  const databases = await prepareDatabases(url, settings.language);
  const masterKey = await loadMasterKey({ fromEnvironment: settings.masterKey, keyFile: join(dataFolder, 'master.key') });
  const house = await openHouse({
    databases,
    masterKey,
    log,
    factsIn: settings.factsIn,
    brokers: settings.brokers,
    trustedProxies: settings.trustedProxies,
    console: isConsole(consoleFolder) ? consoleFolder : undefined,
  });
  closings.push(() => house.close(settings.drainWait));

  let imported = false;
  const sayImported = sayProgress(zh);
  await bringDivisions(house.store, progress => {
    imported = true;
    sayImported(progress);
  });
  const opened = await openPilotAccounts(house, settings.pilotPassword);
  await house.projector.caughtUpTo(await house.store.head(), 60_000);
  if (imported) await gatherStatistics(databases.log);
  const address = await listen(house.app, settings);
  console.log(welcome(settings, address, opened));
  // The office works without its feed; what is wrong with the topics is said all the same.
  house.feed?.fit.catch((error: unknown) => console.error(error instanceof TopicsUnfit ? error.in(settings.language) : error));
}

await runProgram(start, console);
