import 'reflect-metadata';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BackupRefused } from '@lib/house/backup/manifest.js';
import { CannotStart, prepareDatabases } from '@lib/house/databases.js';
import { embeddedDatabase } from '@lib/house/embedded-database.js';
import type { Grants } from '@lib/house/grants.js';
import { toldOf, type Closings } from '@lib/house/program.js';
import { readSettings, type Settings } from '@lib/house/settings.js';
import { standOn } from '@lib/house/standing-on.js';
import { holdDataFolder } from '@lib/platform/embedded-postgres/data-folder-lock.js';
import { languageOfTerminal } from '@lib/platform/kernel/language.js';
import { backup } from './backup.js';
import { init } from './init.js';
import { rebuild } from './rebuild.js';
import { restore } from './restore.js';
import { simulate } from './simulate.js';
import type { KeepingTask, Task } from './task.js';
import { Terminal } from './terminal.js';
import { verify } from './verify.js';

const tasks: Readonly<Record<string, Task>> = { init, rebuild, simulate, verify };
const keepingTasks: Readonly<Record<string, KeepingTask>> = { backup, restore };

const [, , name = '', ...words] = process.argv;
const terminal = new Terminal(languageOfTerminal(process.env));
const stop = new AbortController();
const closings: Closings = [];
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stop.abort());

/** As seen from the built program. */
const sqlOf = (file: string) => readFile(fileURLToPath(new URL(`../../../../infra/postgres/${file}`, import.meta.url)), 'utf8');
const readGrants = async (): Promise<Grants> => ({ log: await sqlOf('log.sql'), keys: await sqlOf('keys.sql') });

/** Where nothing else is set, that of the data folder: which asks that nobody uses it. */
async function databaseUrlOf({ databaseUrl, dataFolder }: Settings): Promise<string> {
  if (databaseUrl !== undefined) return databaseUrl;
  if (name !== 'restore' && !existsSync(join(resolve(dataFolder), 'postgres')))
    throw new CannotStart(
      terminal.words({
        zh: `没有设置 DATABASE_URL,${resolve(dataFolder)} 里也没有数据库。`,
        en: `DATABASE_URL is not set, and there is no database in ${resolve(dataFolder)} either.`,
      }),
    );
  const hold = await holdDataFolder(resolve(dataFolder));
  closings.push(() => hold.release());
  return embeddedDatabase(resolve(dataFolder), closings, line => console.log(line));
}

const usage = {
  zh: [
    '用法(都须设置 DATABASE_URL;backup、restore、verify 不设时用已停止的 npm start 的数据文件夹):',
    '  npm run admin -- init                   第一天:建表、主密钥、行政区划、试点账号、授权;可重复运行',
    '  npm run admin -- rebuild <名称…>|--all  不停服务重建读模型;Ctrl-C 中断后可继续',
    '  npm run admin -- verify [名称…]         核对日志是否完整,读模型是否与日志一致;不改动任何东西',
    '  npm run admin -- simulate --events=N --into=<数据库名>  往刚初始化的试验库写入一个编造的省(五年);Ctrl-C 中断后可继续',
    '  npm run admin -- backup <新文件夹>      备份日志和密钥,不停服务;主密钥不在其中',
    '  npm run admin -- restore <文件夹>       恢复到空的数据库并核对;--keys=<文件夹> 用更新一次备份里的密钥',
  ].join('\n'),
  en: [
    'Usage (each needs DATABASE_URL; without it, backup, restore and verify take the data folder of an npm start that has stopped):',
    '  npm run admin -- init                   the first day: tables, master key, divisions, pilot accounts, grants; may be repeated',
    '  npm run admin -- rebuild <name…>|--all  fold read models anew while everything runs; goes on after Ctrl-C',
    '  npm run admin -- verify [name…]         is the log whole, and do the read models say the same? changes nothing',
    '  npm run admin -- simulate --events=N --into=<database>  fill a fresh office, for trial, with five years of an invented province; goes on after Ctrl-C',
    '  npm run admin -- backup <new folder>    saves log and keys while everything runs; the master key is not in it',
    '  npm run admin -- restore <folder>       into empty databases, and looks at all of it; --keys=<folder>: with the keys of a later backup',
  ].join('\n'),
};

async function run(): Promise<number> {
  const task = Object.hasOwn(tasks, name) ? tasks[name] : undefined;
  const keeping = Object.hasOwn(keepingTasks, name) ? keepingTasks[name] : undefined;
  if (!task && !keeping) {
    terminal.say(usage);
    return name === '' || name === 'help' ? 0 : 1;
  }
  const settings = readSettings(process.env);
  const parts = { terminal, settings, words, grants: await readGrants(), signal: stop.signal };
  if (keeping) {
    const databases = await prepareDatabases(await databaseUrlOf(settings), settings.language);
    return keeping({ ...parts, databases });
  }
  const onDatabase = name === 'verify' ? { ...settings, databaseUrl: await databaseUrlOf(settings) } : settings;
  const foundation = await standOn(onDatabase, closings, name === 'init');
  return task!({ ...parts, foundation });
}

try {
  process.exitCode = await run();
} catch (error) {
  console.error(error instanceof BackupRefused ? terminal.words(error.words) : toldOf(error, languageOfTerminal(process.env)));
  process.exitCode = 1;
}
for (const close of closings.toReversed()) await close();
