import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Words } from '@lib/platform/kernel/event.js';
import { hashOf, toDisk, type SavedTable } from './saved-table.js';

/** A backup that cannot be taken, or not be restored; a sentence for the person who asked. */
export class BackupRefused extends Error {
  override readonly name = 'BackupRefused';

  constructor(readonly words: Words) {
    super(words.en);
  }
}

/** What a backup holds; written last, so a folder without it is not one. The master key is never in it. */
export interface Manifest {
  readonly format: 1;
  /** When the log was looked at, ISO 8601 in UTC; the keys were looked at after it. */
  readonly takenAt: string;
  readonly factsIn: 'postgres' | 'kurrentdb';
  /** Where the log ended. */
  readonly head: string;
  /** Facts in this backup: 0 where they lie in KurrentDB. */
  readonly facts: number;
  /** Persons whose fields are sealed in those facts. */
  readonly persons: number;
  /** As they were set; nothing secret. */
  readonly settings: { readonly YIZHAN_LOG: string; readonly KAFKA_BROKERS: string };
  readonly log: readonly SavedTable[];
  readonly keys: readonly SavedTable[];
}

const fileName = 'manifest.json';

export async function writeManifest(folder: string, manifest: Manifest): Promise<void> {
  const path = join(folder, fileName);
  await writeFile(`${path}.new`, `${JSON.stringify(manifest, null, 2)}\n`, { flag: 'wx', mode: 0o600 });
  await toDisk(`${path}.new`);
  await rename(`${path}.new`, path);
  for (const each of [join(folder, 'log'), join(folder, 'keys'), folder]) await toDisk(each);
}

/** @throws BackupRefused when this is no finished backup, or one of a form that this program does not know */
export async function readManifest(folder: string): Promise<Manifest> {
  const text = await readFile(join(folder, fileName), 'utf8').catch(() => {
    throw new BackupRefused({
      zh: `${folder} 不是完整的备份:没有 ${fileName}`,
      en: `${folder} is no finished backup: it has no ${fileName}`,
    });
  });
  const manifest = JSON.parse(text) as Manifest;
  if ((manifest.format as number) !== 1)
    throw new BackupRefused({
      zh: `不认识的备份格式 ${String(manifest.format)}`,
      en: `The form ${String(manifest.format)} of this backup is not known`,
    });
  return manifest;
}

/** @throws BackupRefused naming every file that is missing or is not what was written */
export async function requireWhole(folder: string, tables: readonly SavedTable[]): Promise<void> {
  const broken: string[] = [];
  for (const { file, sha256 } of tables) {
    const found = await hashOf(join(folder, file)).catch(() => undefined);
    if (found !== sha256) broken.push(file);
  }
  if (broken.length > 0)
    throw new BackupRefused({
      zh: `备份已损坏,什么也没有恢复:${broken.join('、')}`,
      en: `The backup is damaged, nothing was restored: ${broken.join(', ')}`,
    });
}
