import { languageOfTerminal } from '@lib/platform/kernel/language.js';
import { KafkaBroker } from '@lib/platform/feed/kafka/kafka-broker.js';
import { listParked, retryParked } from '@lib/platform/feed/relay-schema.js';
import { topicsOf } from '@lib/platform/feed/topics.js';
import { CannotStart } from '@lib/house/databases.js';
import { toldOf, type Closings } from '@lib/house/program.js';
import { publications } from '@lib/house/publications.js';
import { readSettings, type Settings } from '@lib/house/settings.js';
import { sentenceIn, standOn } from '@lib/house/standing-on.js';
import { asSentence, requireBrokers } from './sentences.js';

type Step = (settings: Settings, closings: Closings) => Promise<string>;

const steps: Readonly<Record<string, Step>> = {
  /** Makes the topics that are missing, and looks whether all are as they must be. */
  async topics(settings) {
    const broker = new KafkaBroker(requireBrokers(settings));
    const wanted = topicsOf(publications);
    const made = await broker.makeTopics(wanted);
    await broker.verifyTopics(wanted);
    return sentenceIn(settings.language, {
      zh: `主题共 ${wanted.length} 个,新建 ${made.length} 个,配置无误。`,
      en: `${wanted.length} topics, ${made.length} of them made now, all as they must be.`,
    });
  },
  /** Lists the facts that could not be published. */
  async parked(settings, closings) {
    const { pool } = await standOn(settings, closings);
    const parked = await listParked(pool);
    return [
      ...parked.map(({ position, stream, type, reason }) => `${position} ${stream} ${type}: ${reason}`),
      sentenceIn(settings.language, { zh: `共 ${parked.length} 条`, en: `${parked.length} facts` }),
    ].join('\n');
  },
  /** Asks the relay that works to publish them again. */
  async 'retry-parked'(settings, closings) {
    const { pool } = await standOn(settings, closings);
    const count = await retryParked(pool);
    return sentenceIn(settings.language, {
      zh: `已请正在工作的 relay 重新发布 ${count} 条;仍不能发布的会留下新的原因。`,
      en: `The relay that works was asked to publish ${count} facts again; what still cannot go out keeps a new reason.`,
    });
  },
};

/** Does one thing and sets the exit code. */
export async function step(word: string): Promise<void> {
  const closings: Closings = [];
  try {
    const settings = readSettings(process.env);
    const named = Object.hasOwn(steps, word) ? steps[word] : undefined;
    if (!named) {
      throw new CannotStart(
        sentenceIn(languageOfTerminal(process.env), {
          zh: '用法:npm run relay [-- topics | parked | retry-parked],不带参数即开始发布',
          en: 'Usage: npm run relay [-- topics | parked | retry-parked]; without a word it publishes',
        }),
      );
    }
    console.log(
      await named(settings, closings).catch((error: unknown) => {
        throw asSentence(error, settings);
      }),
    );
  } catch (error) {
    console.error(toldOf(error, languageOfTerminal(process.env)));
    process.exitCode = 1;
  }
  for (const close of closings.toReversed()) await close();
}
