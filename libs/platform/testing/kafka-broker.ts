import { randomBytes } from 'node:crypto';
import { type Broker, type BrokerOptions, startBroker } from '../../../infra/kafka/broker.mjs';

const { KAFKA_BROKERS, KAFKA_BROKER_DESK, YIZHAN_REQUIRE_ALL } = process.env;

/** Whether a suite that ends and restarts a broker of its own can run: Java and the broker's files are here. */
export const canStartKafka = Boolean(KAFKA_BROKER_DESK || YIZHAN_REQUIRE_ALL);

/** Whether a suite that needs Kafka can run; where everything is required, one that cannot is not skipped but fails. */
export const hasKafka = Boolean(KAFKA_BROKERS) || canStartKafka;

/**
 * The addresses of the one broker that all suites of a run share, which the first to ask waits for: those of `KAFKA_BROKERS`, or of a
 * broker of the run's own. Topics are not made by themselves, and nobody else's are yours: begin their names with `topicPrefix()`.
 * @throws with the reason when no broker can be had
 */
export async function kafkaBrokers(): Promise<string[]> {
  if (KAFKA_BROKERS) return KAFKA_BROKERS.split(',').map(address => address.trim());
  if (!KAFKA_BROKER_DESK) throw new Error('KAFKA_BROKERS names no Kafka, and this run can start none');
  const response = await fetch(KAFKA_BROKER_DESK);
  const said = await response.text();
  if (!response.ok) throw new Error(said);
  return [said];
}

/** What the names of a suite's topics, groups and transactions begin with, so that suites that run at the same time do not meet. */
export const topicPrefix = (suite: string): string => `${suite}-${randomBytes(6).toString('hex')}`;

/** A broker that this suite may kill; `stop` it in `afterAll`. It ends with the suite's process in any case. */
export const startOwnBroker = (options: BrokerOptions = {}): Promise<Broker> => startBroker(options);
