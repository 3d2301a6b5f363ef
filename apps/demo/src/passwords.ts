import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { NotAsTold } from './office.js';
import type { Account, Language } from './words.js';

const howToGive = {
  zh: '需要试点账号的口令:YIZHAN_PILOT_PASSWORD=… npm run demo(口令同 npm start 时所设),或在终端里运行,逐个输入。',
  en: 'The passwords of the pilot accounts are needed: YIZHAN_PILOT_PASSWORD=… npm run demo (the one that npm start was given), or run it in a terminal and type them.',
} as const;

/** What is typed is not shown. */
async function typed(question: string): Promise<string> {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const terminal = createInterface({ input: process.stdin, output: nowhere, terminal: true });
  process.stderr.write(question);
  try {
    return await new Promise<string>((resolve, reject) => {
      terminal.question('', resolve);
      terminal.once('SIGINT', () => reject(new NotAsTold('')));
      terminal.once('close', () => reject(new NotAsTold('')));
    });
  } finally {
    terminal.close();
    process.stderr.write('\n');
  }
}

/** @throws NotAsTold that says how to give a password, where nobody can be asked */
export async function passwordOf(account: Account, language: Language): Promise<string> {
  const given = process.env.YIZHAN_PILOT_PASSWORD;
  if (given) return given;
  if (!process.stdin.isTTY) throw new NotAsTold(howToGive[language]);
  return typed(language === 'zh' ? `账号 ${account} 的口令:` : `Password of ${account}: `);
}
