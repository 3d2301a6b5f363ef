import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import { BrokerFault, words } from './fault.mjs';
import { holdFolder } from './hold.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const pom = join(here, 'pom.xml');
const patience = 600_000;

/** Where the broker's files lie, and the data of `npm run kafka`: `kafka` in the data folder. */
export function kafkaFolder(environment) {
  const { YIZHAN_DATA } = environment;
  return join(YIZHAN_DATA ? resolve(YIZHAN_DATA) : join(here, '../../.yizhan'), 'kafka');
}

/**
 * The folder of the broker's jars. Maven brings them once (43 MB); the folder appears under its name only when complete, so any number
 * of processes may ask at the same time.
 * @throws BrokerFault when Maven is missing, or cannot bring them
 */
export async function brokerJars({ environment = process.env, say = () => {}, folder = kafkaFolder(environment) } = {}) {
  const digest = createHash('sha256')
    .update(await readFile(pom))
    .digest('hex')
    .slice(0, 12);
  const jars = join(folder, `jars-${digest}`);
  if (await complete(jars)) return jars;

  // The data folder, which may not exist yet, is its owner's alone.
  await mkdir(dirname(folder), { recursive: true, mode: 0o700 });
  await mkdir(folder, { recursive: true });
  const release = await alone(await realpath(folder));
  try {
    if (!(await complete(jars))) await bring(jars, environment, say);
    return jars;
  } finally {
    await release();
  }
}

/** Waits for other processes that bring the same files: Maven's own store does not bear two that fill it at once. */
async function alone(folder) {
  for (;;) {
    const release = await holdFolder(folder);
    if (release) return release;
    await pause(100);
  }
}

async function bring(jars, environment, say) {
  say(words(environment, '正在用 Maven 取 Kafka 的文件(只取一次,43 MB)…', 'Maven brings the files of Kafka, once (43 MB) …'));
  const draft = `${jars}.draft`;
  await rm(draft, { recursive: true, force: true });
  try {
    await copyBy(environment, draft);
    const names = (await readdir(draft)).filter(name => name.endsWith('.jar'));
    const sizes = await Promise.all(names.map(async name => [name, (await stat(join(draft, name))).size]));
    await writeFile(join(draft, 'sizes.json'), JSON.stringify(Object.fromEntries(sizes)));
    // What lies there now is a copy that a power cut left incomplete.
    await rm(jars, { recursive: true, force: true });
    await rename(draft, jars);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

async function complete(jars) {
  const sizes = await readFile(join(jars, 'sizes.json'), 'utf8').then(JSON.parse, () => undefined);
  if (sizes === undefined) return false;
  const same = await Promise.all(
    Object.entries(sizes).map(async ([name, size]) => (await stat(join(jars, name)).catch(() => undefined))?.size === size),
  );
  return same.length > 0 && same.every(Boolean);
}

async function copyBy(environment, draft) {
  // Its whole name: to find out what "dependency" stands for, Maven would ask the repository first.
  const copy = 'org.apache.maven.plugins:maven-dependency-plugin:copy-dependencies';
  const goal = ['-q', '-B', '-f', pom, copy, '-DincludeScope=runtime', `-DoutputDirectory=${draft}`];
  const { said, code, error } = await new Promise(settle => {
    // The option `timeout` would keep its timer, and so this process, when there is no such program.
    const signal = AbortSignal.timeout(patience);
    const maven = spawn('mvn', goal, { cwd: here, env: environment, stdio: ['ignore', 'pipe', 'pipe'], signal });
    const heard = [];
    maven.stdout.on('data', chunk => heard.push(chunk));
    maven.stderr.on('data', chunk => heard.push(chunk));
    maven.once('error', fault => settle({ said: '', error: fault }));
    maven.once('close', status => settle({ said: Buffer.concat(heard).toString(), code: status }));
  });
  if (error?.code === 'ENOENT')
    throw new BrokerFault(
      environment,
      '没有找到 Maven(mvn),Kafka 的文件要由它来取。请先安装 Maven,或用 KAFKA_BROKERS 指明已有的 Kafka。',
      'Maven (mvn), which brings the files of Kafka, was not found. Install it first, or name a Kafka that you have in KAFKA_BROKERS.',
    );
  if (error && error.name !== 'AbortError') throw error;
  if (code === 0) return;
  const lines = stripVTControlCharacters(said)
    .split('\n')
    .map(line => line.trim());
  const reason = (
    lines.find(line => /^\[ERROR\] ./.test(line)) ??
    lines.findLast(Boolean) ??
    (error ? `… ${patience / 1000} s` : `mvn: ${code}`)
  ).slice(0, 400);
  throw new BrokerFault(
    environment,
    `Maven 没能取到 Kafka 的文件:请看网络是否通,以及 Maven 的 settings.xml 中的仓库镜像。Maven 说:${reason}`,
    `Maven could not bring the files of Kafka: look whether the network is up, and at the mirrors in Maven's settings.xml. Maven said: ${reason}`,
  );
}
