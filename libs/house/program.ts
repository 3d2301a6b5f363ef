import { setTimeout as delay } from 'node:timers/promises';
import type { Words } from '@lib/platform/kernel/event.js';
import { languageOfTerminal } from '@lib/platform/kernel/language.js';
import { DataFolderHeld } from '@lib/platform/embedded-postgres/data-folder-lock.js';
import { MasterKeyMismatch } from '@lib/platform/privacy/key-schema.js';
import { MasterKeyUnreadable } from '@lib/platform/privacy/master-key.js';
import { TablesMissing } from '@lib/platform/schema/make-tables.js';
import { CannotStart } from './databases.js';
import { LogUnusable } from './log.js';
import { readSettings, type Settings } from './settings.js';

/** What must be undone when the program ends; the last one first. */
export type Closings = (() => Promise<unknown>)[];

/** Longer than any request takes; what is left then is not waited for. In milliseconds, after the wait of the drain. */
const stopWithin = 25_000;

/** Where a program speaks to the person who runs it; a library has none of its own. */
type Terminal = Pick<Console, 'log' | 'error'>;

/** What a person is told: a sentence where there is one, else the error itself. */
export const toldOf = (error: unknown, language: 'zh' | 'en'): unknown => {
  if (error instanceof LogUnusable) return error.words[language];
  const isSentence =
    error instanceof CannotStart ||
    error instanceof TablesMissing ||
    error instanceof DataFolderHeld ||
    error instanceof MasterKeyMismatch ||
    error instanceof MasterKeyUnreadable;
  return isSentence ? error.message : error;
};

async function closeAll(closings: Closings, terminal: Terminal): Promise<void> {
  for (const close of [...closings].reverse()) {
    try {
      await close();
    } catch (error) {
      terminal.error(error instanceof Error ? error.message : error);
    }
  }
}

export interface Running {
  readonly settings: Settings;
  readonly closings: Closings;
  /** Tells the person who runs the program, in their language. */
  say(words: Words): void;
  /** Something that must not end has ended: says so and ends the program with an error, so that whoever watches it starts it again. */
  fail(error: unknown): void;
}

/**
 * A program that runs until it is told to stop: by SIGINT or SIGTERM it finishes what it accepted and ends with 0; what keeps it from
 * starting is said in a sentence, and it ends with 1.
 * @param port where it listens when nothing else is set
 */
export async function runProgram(start: (running: Running) => Promise<void>, terminal: Terminal, port?: number): Promise<void> {
  const closings: Closings = [];
  const language = languageOfTerminal(process.env);
  const say = ({ zh, en }: Words) => terminal.log(language === 'zh' ? zh : en);
  let wait = 0;
  let ending: Promise<void> | undefined;
  const end = (code: number) => {
    ending ??= (async () => {
      setTimeout(() => process.exit(1), stopWithin + wait).unref();
      await started.catch(() => undefined);
      await closeAll(closings, terminal);
      if (code === 0) say({ zh: '已停止。', en: 'Stopped.' });
      process.exit(code);
    })();
  };
  const stop = () => {
    if (!ending) say({ zh: '正在停止,先完成已接受的请求…', en: 'Stopping; what was accepted is finished first …' });
    end(0);
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  const fail = (error: unknown) => {
    if (ending) return;
    terminal.error(toldOf(error, language));
    end(1);
  };
  const started = delay(0).then(() => {
    const settings = readSettings(process.env, port);
    wait = settings.drainWait;
    return start({ settings, closings, say, fail });
  });
  try {
    await started;
  } catch (error) {
    fail(error);
  }
}

/** @throws CannotStart with a sentence when the port is taken or may not be used */
export async function listen(
  app: { listen(port: number, host: string): Promise<unknown>; getUrl(): Promise<string> },
  { port, host, language }: Settings,
): Promise<string> {
  await app.listen(port, host).catch((error: unknown) => {
    const code = (error as { code?: string }).code;
    if (code !== 'EADDRINUSE' && code !== 'EACCES') throw error;
    throw new CannotStart(
      language === 'zh'
        ? `端口 ${port} 不能使用(${code}):请关闭占用它的程序,或用 YIZHAN_PORT 另选。`
        : `Port ${port} cannot be used (${code}): stop the program that holds it, or choose another by YIZHAN_PORT.`,
    );
  });
  return (await app.getUrl()).replace('[::1]', 'localhost');
}
