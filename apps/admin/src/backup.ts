import { resolve } from 'node:path';
import { performance } from 'node:perf_hooks';
import { takeBackup } from '@lib/house/backup/take-backup.js';
import { interrupted, type KeepingTask } from './task.js';

/** Saves the log and the keys, while everything runs. */
export const backup: KeepingTask = async ({ terminal, settings, databases, words, signal }) => {
  const [folder, ...more] = words;
  if (folder === undefined || more.length > 0) {
    terminal.say({ zh: '用法:npm run admin -- backup <新文件夹>', en: 'Usage: npm run admin -- backup <new folder>' });
    return 1;
  }
  const into = resolve(folder);
  const startedAt = performance.now();
  try {
    const manifest = await takeBackup({
      databases,
      folder: into,
      factsIn: settings.factsIn.kind,
      settings: { YIZHAN_LOG: settings.factsIn.kind, KAFKA_BROKERS: settings.brokers.join(',') },
      say: (table, rows) => terminal.progress({ zh: `备份 ${table} ${rows}`, en: `saving ${table} ${rows}` }, false),
      signal,
    });
    const tables = [...manifest.log, ...manifest.keys];
    const bytes = tables.reduce((sum, each) => sum + each.bytes, 0);
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
    const size = (bytes / 1_000_000).toFixed(2);
    terminal.progress(
      {
        zh: `已备份到 ${into}:${manifest.facts} 条事实(到 ${manifest.head}),${manifest.persons} 人的密钥,${tables.length} 个表,${size} MB,${seconds} 秒`,
        en: `Saved to ${into}: ${manifest.facts} facts (up to ${manifest.head}), keys of ${manifest.persons} persons, ${tables.length} tables, ${size} MB, ${seconds} s`,
      },
      true,
    );
    if (manifest.factsIn === 'kurrentdb')
      terminal.say({
        zh: '事实在 KurrentDB 里,不在这份备份中:请在启动之前,用 KurrentDB 自己的办法备份它。',
        en: 'The facts are in KurrentDB and not in this backup: back it up by its own means, before anything is started again.',
      });
    terminal.say({
      zh: '主密钥不在备份里:没有它,备份里的个人字段谁也读不出来。请把它另存一处,由另一人保管。',
      en: 'The master key is not in it, and without that key nobody can read a personal field of this backup: keep it elsewhere, with somebody else.',
    });
    return 0;
  } catch (error) {
    if (!signal.aborted) throw error;
    terminal.say({ zh: `已中断;${into} 不是备份,可以删掉。`, en: `Interrupted; ${into} is no backup and can be deleted.` });
    return interrupted;
  }
};
