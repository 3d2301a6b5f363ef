// A real Apache Kafka broker, for `npm run kafka` and for the tests. broker.d.mts says what may be asked of it.
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, realpath, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Kafka, logLevel } from 'kafkajs';
import { BrokerFault } from './fault.mjs';
import { holdFolder } from './hold.mjs';
import { brokerJars } from './jars.mjs';
import { findJava } from './java.mjs';
import { keep } from './keep.mjs';
import { freePorts, isFree } from './ports.mjs';

const run = promisify(execFile);
const here = dirname(fileURLToPath(import.meta.url));
const readyWithin = 120_000;
const stopsWithin = 20_000;
const memory = ['-Xms128m', '-Xmx384m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-XX:+ExitOnOutOfMemoryError'];

export async function startBroker({ folder, port, say = () => {}, overrides = {}, environment = process.env } = {}) {
  const java = await findJava(environment);
  const jars = await brokerJars({ environment, say });
  if (folder !== undefined) await mkdir(folder, { recursive: true, mode: 0o700 });
  const own = await realpath(folder ?? (await mkdtemp(join(tmpdir(), 'yizhan-kafka-'))));
  const release = await holdFolder(own);
  if (release === undefined)
    throw new BrokerFault(
      environment,
      `文件夹 ${own} 正由另一个 Kafka 使用,请先停止它。`,
      `The folder ${own} is in use by another Kafka; stop that one first.`,
    );
  const broker = new Broker({ java, jars, folder: own, release, temporary: folder === undefined, port, overrides, environment });
  try {
    await broker.restart();
  } catch (error) {
    await broker.stop();
    throw error;
  }
  return broker;
}

/** A port was taken by another process between the choice and the start. */
class PortTaken extends Error {}

class Broker {
  #plan;
  #kept;
  #ports;
  #stopped = false;

  constructor(plan) {
    this.#plan = plan;
  }

  get folder() {
    return this.#plan.folder;
  }

  get bootstrap() {
    return `127.0.0.1:${this.#ports[0]}`;
  }

  get pid() {
    return this.#kept?.pid;
  }

  get ended() {
    return this.#kept?.ended ?? Promise.resolve();
  }

  async restart() {
    // After `stop` the folder is somebody else's, or gone.
    if (this.#stopped) throw new Error('this broker was stopped: start another one');
    await this.#end('SIGTERM');
    // Chosen ports may be lost to another process before the broker has them; ports that clients know are waited for.
    for (let attempt = 1; ; attempt++) {
      const ports = this.#ports ?? (await this.#choosePorts());
      try {
        await this.#launch(ports);
        this.#ports = ports;
        return;
      } catch (error) {
        await this.#end('SIGKILL');
        if (!(error instanceof PortTaken)) throw error;
        if (attempt === 20) throw this.#busy(ports[0]);
        await pause(this.#ports ? 500 : 0);
      }
    }
  }

  async stop() {
    this.#stopped = true;
    // Nobody will read what lies in a folder that is removed.
    await this.#end(this.#plan.temporary ? 'SIGKILL' : 'SIGTERM');
    if (this.#plan.temporary) await rm(this.folder, { recursive: true, force: true, maxRetries: 5 });
    await this.#plan.release();
  }

  async kill() {
    await this.#end('SIGKILL');
  }

  async #choosePorts() {
    const { port } = this.#plan;
    if (!port) return freePorts(2);
    if (!(await isFree(port))) throw this.#busy(port);
    for (;;) {
      const [controller] = await freePorts(1);
      if (controller !== port) return [port, controller];
    }
  }

  #busy(port) {
    return new BrokerFault(
      this.#plan.environment,
      `端口 ${port} 已被别的程序占用。请先停止那个程序,或用 YIZHAN_KAFKA_PORT 另选端口。`,
      `The port ${port} is in use by another program. Stop that program first, or choose another port with YIZHAN_KAFKA_PORT.`,
    );
  }

  async #launch([port, controller]) {
    const { folder, java, jars, environment, overrides, temporary } = this.#plan;
    const properties = {
      'controller.quorum.voters': `1@127.0.0.1:${controller}`,
      listeners: `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controller}`,
      'advertised.listeners': `PLAINTEXT://127.0.0.1:${port}`,
      ...overrides,
    };
    await writeFile(join(folder, 'server.properties'), await withOurs(properties));
    // Java reads the names of files in the language of the process.
    const env = { ...environment, LC_ALL: 'C.UTF-8' };
    const programs = ['-cp', join(jars, '*')];
    if (!existsSync(join(folder, 'data'))) await this.#format(java, programs, env);
    const log4j = `-Dlog4j2.configurationFile=${join(here, 'log4j2.xml')}`;
    const output = join(folder, 'java.out');
    this.#kept = await keep({
      command: java,
      words: [...memory, log4j, ...programs, 'kafka.Kafka', 'server.properties'],
      folder,
      output,
      environment: env,
      temporary,
    });
    await this.#answers(`127.0.0.1:${port}`, output);
  }

  /** The folder `data` appears when it is complete, so that a start that was cut short begins anew. */
  async #format(java, programs, env) {
    const { folder } = this.#plan;
    const draft = join(folder, 'server.draft.properties');
    await rm(join(folder, 'data.draft'), { recursive: true, force: true });
    await writeFile(draft, `${await readFile(join(folder, 'server.properties'), 'utf8')}\nlog.dirs=data.draft\n`);
    // Kafka's tools take a name that begins with a hyphen for an option.
    const cluster = `y${randomBytes(16).toString('base64url').slice(1)}`;
    const tool = [...programs, 'kafka.tools.StorageTool', 'format', '--cluster-id', cluster, '--config', draft];
    await run(java, ['-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC', ...tool], { cwd: folder, env });
    await rename(join(folder, 'data.draft'), join(folder, 'data'));
    await rm(draft);
  }

  /** Waits until the broker answers a question; that a connection is accepted means nothing yet. */
  async #answers(bootstrap, output) {
    const { environment } = this.#plan;
    const kept = this.#kept;
    let over = false;
    const ended = kept.ended.then(() => {
      over = true;
    });
    for (const until = Date.now() + readyWithin; !over;) {
      if (await describes(bootstrap)) return;
      if (Date.now() > until)
        throw new BrokerFault(
          environment,
          `Kafka 启动后 ${readyWithin / 1000} 秒仍没有应答,日志在 ${this.folder}。`,
          `Kafka did not answer within ${readyWithin / 1000} seconds; its log lies in ${this.folder}.`,
        );
      await Promise.race([ended, pause(100)]);
    }
    const said = (await readFile(output, 'utf8').catch(() => '')).trim();
    if (/Address already in use/.test(said)) throw new PortTaken();
    throw new BrokerFault(
      environment,
      `Kafka 没能启动,日志在 ${this.folder}。它说:\n${lastLines(said)}`,
      `Kafka did not start; its log lies in ${this.folder}. It said:\n${lastLines(said)}`,
    );
  }

  async #end(signal) {
    const kept = this.#kept;
    if (kept === undefined) return;
    kept.send(signal);
    const late = new AbortController();
    const patience = pause(stopsWithin, undefined, { signal: late.signal }).then(
      () => kept.send('SIGKILL'),
      () => {},
    );
    await kept.ended;
    late.abort();
    await patience;
    this.#kept = undefined;
  }
}

const lastLines = said => said.split('\n').slice(-20).join('\n');

/** Java reads properties as Latin-1, with everything else escaped. */
async function withOurs(properties) {
  const ours = await readFile(join(here, 'server.properties'), 'utf8');
  const lines = Object.entries(properties).map(([name, value]) => `${name}=${String(value).replaceAll('\\', '\\\\')}`);
  return `${ours}\n${lines.join('\n')}\n`.replaceAll(
    /[^\n -~]/g,
    unit => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

async function describes(bootstrap) {
  const asking = { brokers: [bootstrap], connectionTimeout: 2000, requestTimeout: 5000, retry: { retries: 0 } };
  const admin = new Kafka({ clientId: 'yizhan-broker', logLevel: logLevel.NOTHING, ...asking }).admin();
  try {
    await admin.connect();
    const { brokers } = await admin.describeCluster();
    return brokers.some(({ host, port }) => `${host}:${port}` === bootstrap);
  } catch {
    return false;
  } finally {
    await admin.disconnect().catch(() => {});
  }
}
