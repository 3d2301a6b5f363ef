import { TopicsUnfit } from '@lib/platform/feed/broker.js';
import { CannotStart } from '@lib/house/databases.js';
import type { Settings } from '@lib/house/settings.js';

/** @throws CannotStart when no broker is named */
export function requireBrokers({ brokers, language }: Settings): readonly string[] {
  if (brokers.length > 0) return brokers;
  throw new CannotStart(
    language === 'zh'
      ? '请用 KAFKA_BROKERS 指明 Kafka,如 KAFKA_BROKERS=127.0.0.1:9092。'
      : 'Name the Kafka brokers by KAFKA_BROKERS, such as KAFKA_BROKERS=127.0.0.1:9092.',
  );
}

/** What is wrong with broker or topics, in the person's language. */
export const asSentence = (error: unknown, { language }: Settings) =>
  error instanceof TopicsUnfit ? new CannotStart(error.in(language)) : error;
