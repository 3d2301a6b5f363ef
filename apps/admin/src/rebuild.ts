import { projections } from '@lib/house/followers.js';
import { Lease } from '@lib/platform/lease/lease.js';
import { NotToBeRebuilt, Rebuild, type RebuildProgress } from '@lib/platform/read-store/rebuild.js';
import { processName } from '@lib/house/standing-on.js';
import { interrupted, type Task } from './task.js';

const stages = {
  filling: { zh: '重放', en: 'folding' },
  indexing: { zh: '建索引', en: 'making indexes' },
  swapping: { zh: '换入', en: 'swapping in' },
  done: { zh: '已换入', en: 'swapped in' },
} as const;

/** Folds read models anew beside those that are shown, and swaps them in. */
export const rebuild: Task = async ({ terminal, foundation, words, signal }) => {
  const known = projections.map(({ name }) => name);
  const names = words.includes('--all') ? known : words;
  const unknown = names.filter(name => !known.includes(name));
  if (names.length === 0 || unknown.length > 0) {
    const list = known.join(' ');
    if (unknown.length > 0)
      terminal.say({ zh: `没有叫 ${unknown.join('、')} 的读模型`, en: `No read model is called ${unknown.join(', ')}` });
    terminal.say({
      zh: `用法:npm run admin -- rebuild <名称…> | --all\n读模型:${list}`,
      en: `Usage: npm run admin -- rebuild <name…> | --all\nRead models: ${list}`,
    });
    return 1;
  }
  const { workPool: pool, store, open, log } = foundation;
  const lease = new Lease({
    pool,
    name: 'rebuild',
    holder: processName(),
    report: error => log.warn({ error: error.message }, 'lease'),
  });
  const other = await lease.holder();
  if (other?.current)
    terminal.say({ zh: `等待另一个重建(${other.holder})…`, en: `Waiting for another rebuild (${other.holder}) …` });

  let code = interrupted;
  const rebuilding = new Rebuild({ projections, store, open, pool });
  const say = ({ names: some, stage, position, head }: RebuildProgress) => {
    const { zh, en } = stages[stage];
    const what = some.length > 3 ? `${some.slice(0, 3).join(' ')} … (${some.length})` : some.join(' ');
    const last = stage !== 'filling';
    terminal.progress({ zh: `${zh} ${what} ${position}/${head}`, en: `${en} ${what} ${position}/${head}` }, last);
  };
  try {
    await lease.held(async ({ signal: until }) => {
      if (await rebuilding.run(names, say, until)) code = 0;
    }, signal);
  } catch (error) {
    if (!(error instanceof NotToBeRebuilt)) throw error;
    terminal.say({
      zh: `${error.projection} 目前不是以本程序的定义提供:请先让 projector 建好它`,
      en: `${error.projection} is not shown in the definition of this program: let the projector build it first`,
    });
    return 1;
  }
  if (code === interrupted)
    terminal.say({ zh: '已中断;再运行同一命令即可继续。', en: 'Interrupted; the same command goes on from here.' });
  return code;
};
