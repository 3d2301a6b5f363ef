import type { Interruptions, Kind, Run } from '../kind.js';
import { checkEffects } from './effect-check.js';
import { Load } from './load.js';
import type { RelayChild } from './relay-child.js';
import type { RelayTwin } from './said.js';
import { openStage, type Stage } from './stage.js';
import { SubscriberChild } from './subscriber-child.js';
import { toldLog } from './told-log.js';
import { checkTopics } from './topic-check.js';

type Twin = RelayTwin | 'no-ledger';

const betrayedBy: Readonly<Record<Twin, string>> = {
  'checkpoint-first': 'missing from the topic',
  'skip-on-error': 'missing from the topic',
  'later-first': 'a record after its turn',
  unfenced: 'a control record is wrong',
  'no-ledger': 'an effect that took place twice',
};

/** What every kind that breaks the feed has at hand. */
export interface Campaign extends Run {
  readonly stage: Stage;
  /** The twin, when it is one of the relay. */
  readonly relayTwin: RelayTwin | undefined;
  readonly subscriber: SubscriberChild;
}

interface FeedKind {
  readonly does: string;
  readonly rounds: number;
  readonly twins: readonly Twin[];
  run(campaign: Campaign): Promise<Interruptions>;
}

/** A kind on a database, a broker and a subscriber of its own; in the end the topics and the effects are what the log says. */
export const feedKind = ({ does, rounds, twins, run: breakIt }: FeedKind): Kind => ({
  does,
  rounds,
  eachRoundInterrupts: true,
  twins: Object.fromEntries(twins.map(twin => [twin, betrayedBy[twin]])),
  async run(run) {
    const stage = await openStage();
    try {
      const twin = run.twin as Twin | undefined;
      const subscriber = await SubscriberChild.start(stage, run.history, twin === 'no-ledger' ? twin : undefined);
      const campaign = { ...run, stage, subscriber, relayTwin: twin === 'no-ledger' ? undefined : twin };
      const done = await breakIt(campaign);
      await check(campaign);
      return done;
    } finally {
      await stage.close();
    }
  },
});

export const startLoad = ({ stage: { store }, history, seed }: Campaign, pace: number): Load =>
  new Load({ store, history, seed, pace });

/** Waits until the relay has published the whole log and said so. */
export async function allOut({ stage, violations }: Campaign, relays: readonly RelayChild[], within = 120_000): Promise<void> {
  const head = await stage.head();
  const [relay] = relays;
  await relay!
    .until(
      'everything is out',
      async () => relays.some(({ controlsAt }) => controlsAt >= head) && (await stage.checkpoint()) >= head,
      within,
    )
    .catch((error: unknown) => violations.add('the relay did not catch up', String(error)));
}

/** Invariant I9: the topics after dropping repetitions, and the effects of the subscriber, are what the log says, key by key. */
async function check({ stage, violations, subscriber, twin, say }: Campaign): Promise<void> {
  const caught = await subscriber.catchUp(twin === undefined ? 900_000 : 60_000);
  if (!caught?.all) violations.add('the subscriber did not catch up', JSON.stringify(caught ?? {}));
  const { gaps = 0, outOfOrder = 0, personal = 0, duplicates = 0 } = caught?.figures ?? {};
  if (gaps + outOfOrder + personal > 0) violations.add('the subscriber complains', JSON.stringify(caught?.figures));
  await subscriber.stop();
  const log = await toldLog(stage.store);
  const figures = await checkTopics([stage.broker.bootstrap], log, violations);
  const effects = await checkEffects(stage.subscriberUrl, log, violations);
  const number = (value: number) => value.toLocaleString('en');
  say(
    `${number(log.head)} events in the log, ${number(log.facts)} told facts of ${number(log.streams.size)} streams;` +
      ` on the topics ${number(figures.records)} records of facts, ${number(figures.duplicates)} of them raw duplicates,` +
      ` ${number(figures.missing)} missing, ${number(figures.controls)} control records;` +
      ` ${number(effects)} effects, ${number(duplicates)} duplicates dropped by the subscriber`,
  );
}
