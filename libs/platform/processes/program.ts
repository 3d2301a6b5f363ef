import { spawn, type ChildProcess } from 'node:child_process';
import { resolve } from 'node:path';
import { until } from './until.js';

/** What `/api/health/ready` of a program says. */
export interface Health {
  readonly status: string;
  readonly process: string;
  readonly lease?: { readonly state: string; readonly holder?: string; readonly token?: string };
  readonly projections: readonly { readonly name: string; readonly state: string; readonly behind: number }[];
}

/** A built program of the house in a process of its own, which knows nothing of our environment but what it is given. */
export class Program {
  output = '';
  readonly ended: Promise<number | null>;
  readonly process: ChildProcess;

  /** @param main the built file, as seen from the root of the house */
  constructor(
    readonly app: string,
    environment: Readonly<Record<string, string>>,
    words: readonly string[] = [],
    main = resolve(`dist/apps/${app}/src/main.js`),
  ) {
    const { PATH, HOME, TMPDIR } = process.env;
    this.process = spawn(process.execPath, [main, ...words], {
      env: { PATH, HOME, ...(TMPDIR ? { TMPDIR } : {}), YIZHAN_LANGUAGE: 'en', YIZHAN_PORT: '0', ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.process.stdout!, this.process.stderr!])
      stream.setEncoding('utf8').on('data', (text: string) => (this.output += text));
    this.ended = new Promise(done => this.process.on('close', code => done(code)));
  }

  get running(): boolean {
    return this.process.exitCode === null && this.process.signalCode === null;
  }

  /** @throws when it has not been said in time, or the program ends without it */
  async says(pattern: RegExp): Promise<RegExpExecArray> {
    let said: RegExpExecArray | null = null;
    await until(`${this.app} says ${pattern}:\n${this.output}`, () => {
      said = pattern.exec(this.output);
      if (!said && !this.running) throw new Error(`${this.app} ended without saying ${pattern}:\n${this.output}`);
      return said !== null;
    });
    return said!;
  }

  async url(): Promise<string> {
    return (await this.says(/(?:is ready|is up): (http\S+)/))[1]!;
  }

  async health(): Promise<{ readonly status: number; readonly body: Health }> {
    const answer = await fetch(`${await this.url()}/api/health/ready`);
    return { status: answer.status, body: (await answer.json()) as Health };
  }

  signal(name: NodeJS.Signals): void {
    this.process.kill(name);
  }

  async stops(): Promise<number | null> {
    // One that was paused would not hear it.
    this.process.kill('SIGCONT');
    this.process.kill('SIGTERM');
    return this.ended;
  }
}
