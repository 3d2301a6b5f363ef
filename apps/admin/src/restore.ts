import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { performance } from 'node:perf_hooks';
import { restoreBackup } from '@lib/house/backup/restore-backup.js';
import { CannotStart } from '@lib/house/databases.js';
import { loadMasterKey } from '@lib/platform/privacy/master-key.js';
import { interrupted, type KeepingTask } from './task.js';

const laterKeys = '--keys=';

/** Brings a backup into empty databases, and looks whether everything in it can be read. */
export const restore: KeepingTask = async ({ terminal, settings, databases, words, grants, signal }) => {
  const [folder, ...more] = words.filter(word => !word.startsWith(laterKeys));
  const keysFolder = words.find(word => word.startsWith(laterKeys))?.slice(laterKeys.length);
  if (folder === undefined || more.length > 0) {
    terminal.say({
      zh: '用法:npm run admin -- restore <备份文件夹> [--keys=<更新的备份文件夹>]',
      en: 'Usage: npm run admin -- restore <folder of a backup> [--keys=<folder of a later one>]',
    });
    return 1;
  }
  const keyFile = join(resolve(settings.dataFolder), 'master.key');
  if (settings.masterKey === undefined && !existsSync(keyFile))
    throw new CannotStart(
      terminal.words({
        zh: `恢复需要原来的主密钥:请设置 YIZHAN_MASTER_KEY,或把 ${keyFile} 放到位。`,
        en: `A restore needs the master key of then: set YIZHAN_MASTER_KEY or put ${keyFile} in place.`,
      }),
    );
  const masterKey = await loadMasterKey({ fromEnvironment: settings.masterKey, keyFile });
  const startedAt = performance.now();
  try {
    const { manifest, census, granted } = await restoreBackup({
      databases,
      folder: resolve(folder),
      keysFolder: resolve(keysFolder ?? folder),
      factsIn: settings.factsIn,
      masterKey,
      grants,
      say: (table, rows, of) =>
        terminal.progress({ zh: `恢复 ${table} ${rows}/${of}`, en: `restoring ${table} ${rows}/${of}` }, false),
      signal,
    });
    const { events, streams, appends, faults } = census;
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
    terminal.progress(
      {
        zh: `已恢复 ${manifest.takenAt} 的备份:${events} 条事实,${streams} 个流,${appends} 次写入,${faults.length} 处不对;个人字段都能打开;${seconds} 秒`,
        en: `Restored the backup of ${manifest.takenAt}: ${events} facts, ${streams} streams, ${appends} appends, ${faults.length} faults; every personal field opens; ${seconds} s`,
      },
      true,
    );
    for (const fault of faults) terminal.say({ zh: `✗ ${fault.zh}`, en: `✗ ${fault.en}` });
    if (faults.length > 0) {
      terminal.say({ zh: '这里不能启动。', en: 'Nothing starts on this.' });
      return 1;
    }
    if (granted) terminal.say({ zh: '已授权 yizhan_app、yizhan_auditor。', en: 'Granted to yizhan_app and yizhan_auditor.' });
    terminal.say({
      zh: '现在可以启动;读模型由 projector(或 npm start)从日志重建,之后请运行 npm run admin -- verify。',
      en: 'Ready to start; the projector (or npm start) folds the read models from the log. Then run npm run admin -- verify.',
    });
    return 0;
  } catch (error) {
    if (!signal.aborted) throw error;
    terminal.say({ zh: '已中断;再运行同一命令会从头恢复。', en: 'Interrupted; the same command restores from the beginning.' });
    return interrupted;
  }
};
