// npm run kafka: a broker that keeps its data in the data folder, until Ctrl-C.
import { join } from 'node:path';
import { startBroker } from './broker.mjs';
import { BrokerFault, words } from './fault.mjs';
import { kafkaFolder } from './jars.mjs';

const { env } = process;
const tell = (zh, en) => console.log(words(env, zh, en));

let broker;
let leaving = false;
async function leave() {
  if (leaving) return;
  leaving = true;
  tell('正在停止…', 'Stopping …');
  // A broker that is still starting ends with this process.
  await broker?.stop();
  process.exit();
}
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, leave);
// npm runs scripts in a shell, and a signal that is sent to npm ends that shell but does not reach this process.
if (env.npm_lifecycle_event) {
  const shell = process.ppid;
  setInterval(() => {
    if (process.ppid !== shell) void leave();
  }, 250).unref();
}

function portWanted() {
  const given = env.YIZHAN_KAFKA_PORT || '9092';
  const port = Number(given);
  if (/^\d+$/.test(given) && port <= 65_535) return port;
  throw new BrokerFault(
    env,
    'YIZHAN_KAFKA_PORT:须是 0 到 65535 的整数',
    'YIZHAN_KAFKA_PORT:must be a whole number from 0 to 65535',
  );
}

try {
  const folder = join(kafkaFolder(env), 'data');
  broker = await startBroker({ folder, port: portWanted(), say: sentence => console.log(sentence) });
  if (!leaving) {
    tell(
      `Kafka 已在 ${broker.bootstrap} 运行,数据在 ${folder};按 Ctrl-C 停止。在另一个终端运行:`,
      `Kafka runs at ${broker.bootstrap}, with its data in ${folder}; Ctrl-C stops it. In another terminal:`,
    );
    console.log(`\n  KAFKA_BROKERS=${broker.bootstrap} npm start\n`);
  }
  await broker.ended;
  if (!leaving) {
    tell(`Kafka 自己停止了,日志在 ${folder}。`, `Kafka ended by itself; its log lies in ${folder}.`);
    process.exitCode = 1;
  }
} catch (error) {
  if (!(error instanceof BrokerFault)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
