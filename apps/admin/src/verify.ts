import { projections } from '@lib/house/followers.js';
import { censusOf } from '@lib/house/log-census.js';
import { LogCorrupt } from '@lib/platform/event-store/event-store.js';
import { compareWithLog } from '@lib/platform/read-store/comparison.js';
import type { Task } from './task.js';

/** Looks whether the log is whole, and whether what is shown (all of it, or what is named) is what it says. Changes nothing. */
export const verify: Task = async ({ terminal, foundation, words, signal }) => {
  const { store, durability, open, workPool: pool } = foundation;
  const unknown = words.filter(word => !projections.some(({ name }) => name === word));
  if (unknown.length > 0) {
    terminal.say({ zh: `没有叫 ${unknown.join('、')} 的读模型`, en: `No read model is called ${unknown.join(', ')}` });
    return 1;
  }
  let wrong = 0;
  try {
    const census = await censusOf(
      store,
      durability === 'postgres-sync',
      position => terminal.progress({ zh: `读日志 ${position}`, en: `reading the log ${position}` }, false),
      signal,
    );
    const { events, streams, appends, faults } = census;
    terminal.progress(
      {
        zh: `日志:${events} 条事实,${streams} 个流,${appends} 次写入,${faults.length} 处不对`,
        en: `log: ${events} facts, ${streams} streams, ${appends} appends, ${faults.length} faults`,
      },
      true,
    );
    for (const fault of faults) terminal.say({ zh: `✗ ${fault.zh}`, en: `✗ ${fault.en}` });
    wrong += faults.length;
  } catch (error) {
    if (!(error instanceof LogCorrupt)) throw error;
    terminal.say({ zh: `✗ 日志已损坏:${error.message}`, en: `✗ the log is corrupt: ${error.message}` });
    return 1;
  }
  for (const projection of projections.filter(({ name }) => words.length === 0 || words.includes(name))) {
    if (signal.aborted) return 130;
    const { name, position, rows, differing } = await compareWithLog({ store, open, pool }, projection);
    if (differing === undefined) {
      terminal.say({
        zh: `– ${name}:目前不是以本程序的定义提供,没有比较`,
        en: `– ${name}: not shown in the definition of this program, not compared`,
      });
      continue;
    }
    const mark = differing === 0 ? '✓' : '✗';
    if (differing > 0) wrong += 1;
    terminal.say({
      zh: `${mark} ${name}:${rows} 行,与从头重放相差 ${differing} 行(到 ${position})`,
      en: `${mark} ${name}: ${rows} rows, ${differing} differ from a fold of the whole log (up to ${position})`,
    });
  }
  return wrong > 0 ? 1 : 0;
};
