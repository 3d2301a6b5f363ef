// Where the suites of a run ask for the one Kafka broker that they share: it is started in the process that runs them, when the first
// of them asks. Starting it for every run would cost four seconds and 300 MB even where no suite wants it.
import { once } from 'node:events';
import { createServer } from 'node:http';
import { startBroker } from '../../../infra/kafka/broker.mjs';
import { BrokerFault } from '../../../infra/kafka/fault.mjs';
import { brokerJars } from '../../../infra/kafka/jars.mjs';
import { findJava } from '../../../infra/kafka/java.mjs';

/**
 * Sets `KAFKA_BROKER_DESK`, unless no broker can be had here: then it says why, and the suites skip themselves. Where nothing may be
 * skipped it is set all the same, and a suite that asks fails with the reason.
 */
export async function openKafkaDesk() {
  const say = sentence => process.stderr.write(`${sentence}\n`);
  try {
    await findJava(process.env);
    await brokerJars({ say });
  } catch (error) {
    if (!(error instanceof BrokerFault)) throw error;
    say(error.message);
    if (!process.env.YIZHAN_REQUIRE_ALL) return { close: async () => {} };
  }
  let broker;
  const desk = createServer(async (_, response) => {
    broker ??= startBroker();
    await broker.then(
      ({ bootstrap }) => response.end(bootstrap),
      error => response.writeHead(503).end(error.message),
    );
  });
  desk.listen(0, '127.0.0.1');
  await once(desk, 'listening');
  process.env.KAFKA_BROKER_DESK = `http://127.0.0.1:${desk.address().port}/`;
  return {
    async close() {
      desk.close();
      desk.closeAllConnections();
      const started = await broker?.catch(() => undefined);
      await started?.stop();
    },
  };
}
