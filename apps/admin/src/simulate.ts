import { parseArgs } from 'node:util';
import type { Foundation } from '@lib/house/foundation.js';
import { gatherStatistics } from '@lib/house/databases.js';
import { bringDeeds, OtherDeeds, type Written } from '@lib/house/simulation/bring-deeds.js';
import { growthDeeds } from '@lib/house/simulation/growth.js';
import { isTrialOffice, simulatedSoFar, simulationActor } from '@lib/house/simulation/trial-office.js';
import { passOver } from '@lib/platform/cqrs/reactor.js';
import type { AnyFact, Words } from '@lib/platform/kernel/event.js';
import { sealFacts } from '@lib/platform/privacy/sealing.js';
import type { Task, TaskParts } from './task.js';

const interrupted = 130;

interface Asked {
  readonly events: number;
  readonly seed: number;
  readonly into: string;
}

/** @returns undefined when it is not said, or not said well */
function askedBy(words: readonly string[]): Asked | undefined {
  try {
    const { values } = parseArgs({
      args: [...words],
      options: {
        events: { type: 'string', default: '' },
        seed: { type: 'string', default: '1' },
        into: { type: 'string', default: '' },
      },
    });
    const whole = /^[1-9]\d{0,8}$/;
    if (!whole.test(values.events) || !whole.test(values.seed)) return undefined;
    return { events: Number(values.events), seed: Number(values.seed), into: values.into };
  } catch {
    return undefined;
  }
}

/** Personal fields are sealed as those of commands are, and whoever bears an ID number is found by it. */
const sealingIn =
  ({ keyRing, personKeys }: Foundation) =>
  async (facts: readonly AnyFact[]) => {
    const known = facts.flatMap(({ data: { idNumber, personKeyId, number, certificateKeyId } }) => [
      ...(typeof idNumber === 'string' && typeof personKeyId === 'string' ? [{ idNumber, streamId: personKeyId }] : []),
      ...(typeof number === 'string' && typeof certificateKeyId === 'string'
        ? [{ idNumber: `certificate:${number}`, streamId: certificateKeyId }]
        : []),
    ]);
    const [sealed] = await Promise.all([sealFacts(facts, keyRing), personKeys.adopt(known)]);
    return sealed;
  };

/**
 * Fills the log of an office that has seen nothing but its first day with five years of an invented province. Never another one: the
 * name of the database must be said as well, so that a slip in `DATABASE_URL` pollutes nothing.
 */
export const simulate: Task = async parts => {
  const { terminal, settings, foundation, words } = parts;
  const refuse = (refusal: Words) => {
    terminal.say(refusal);
    return 1;
  };
  const asked = askedBy(words);
  const database = decodeURIComponent(new URL(foundation.databases.log).pathname.slice(1));
  if (!asked || asked.into !== database) {
    return refuse({
      zh: `用法:npm run admin -- simulate --events=<条数> --into=${database} [--seed=1]\n--into 须是 DATABASE_URL 里的数据库名(${database}):编造的人和机构会永远留在其中`,
      en: `Usage: npm run admin -- simulate --events=<number of facts> --into=${database} [--seed=1]\n--into must be the name of the database in DATABASE_URL (${database}): invented people and places stay in it for ever`,
    });
  }
  if (settings.factsIn.kind !== 'postgres')
    return refuse({
      zh: '只能写入 PostgreSQL 里的日志(YIZHAN_LOG=postgres)',
      en: 'Only a log in PostgreSQL can be filled (YIZHAN_LOG=postgres)',
    });
  const actor = simulationActor(asked);
  const before = await simulatedSoFar(foundation.store);
  if (before && before.actor !== actor)
    return refuse({
      zh: `这个库由 ${before.actor} 写入;请用同样的 --seed 和 --events 继续`,
      en: `This office is filled by ${before.actor}; go on with the same --seed and --events`,
    });
  if (!before && !(await isTrialOffice(foundation.store)))
    return refuse({
      zh: '拒绝:只能写入刚用 init 建好、除行政区划和账号外没有任何事实的库',
      en: 'Refused: only an office that init has just made is filled, with no facts but its divisions and accounts',
    });
  return fill(parts, asked, actor, before);
};

async function fill(
  { terminal, foundation, signal }: TaskParts,
  { events, seed }: Asked,
  actor: string,
  before: Written | undefined,
): Promise<number> {
  const { store, pool, databases } = foundation;
  const startedAt = performance.now();
  const already = before?.facts ?? 0;
  const say = (facts: number, last: boolean) => {
    const seconds = (performance.now() - startedAt) / 1000;
    const pace = `${Math.round((facts - already) / seconds)}/s`;
    terminal.progress({ zh: `已写入 ${facts}/${events} 条事实,${pace}`, en: `${facts}/${events} facts written, ${pace}` }, last);
  };
  if (already > 0) terminal.say({ zh: `从第 ${already} 条之后继续`, en: `Going on after ${already} facts` });
  try {
    const deeds = growthDeeds({ seed, events });
    const { facts, interrupted: cut } = await bringDeeds({
      store,
      seal: sealingIn(foundation),
      actor,
      deeds,
      written: before,
      say: facts => say(facts, false),
      signal,
    });
    say(facts, true);
    // What policies would have asked for was written as well.
    await passOver(pool, await store.head());
    if (cut) {
      terminal.say({ zh: '已中断;再运行同一命令即可继续。', en: 'Interrupted; the same command goes on from here.' });
      return interrupted;
    }
    await gatherStatistics(databases.log);
    return 0;
  } catch (error) {
    if (!(error instanceof OtherDeeds)) throw error;
    terminal.say({
      zh: `别的程序也在这个库里写过事实,不能继续(${error.message})`,
      en: `Others have written to this office meanwhile, so it cannot go on (${error.message})`,
    });
    return 1;
  }
}
