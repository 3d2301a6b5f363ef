import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { office } from '@lib/house/office.js';

const main = resolve('dist/apps/standalone/src/main.js');
const divisionsOfJilin = 13_014;

type Environment = Readonly<Record<string, string>>;

/** The built program as somebody would start it, in a process of its own. */
class Program {
  output = '';
  readonly ended: Promise<number | null>;
  readonly process: ChildProcess;
  readonly startedAt = Date.now();

  constructor(environment: Environment) {
    const { PATH, HOME, TMPDIR } = process.env;
    this.process = spawn(process.execPath, [main], {
      env: { PATH, HOME, ...(TMPDIR ? { TMPDIR } : {}), YIZHAN_LANGUAGE: 'en', YIZHAN_PORT: '0', ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.process.stdout!, this.process.stderr!])
      stream.setEncoding('utf8').on('data', (text: string) => (this.output += text));
    this.ended = new Promise(done => this.process.on('close', code => done(code)));
  }

  /** @throws when it has not been said in time, or the program ends without it */
  async says(pattern: RegExp, within = 40_000): Promise<RegExpExecArray> {
    const until = Date.now() + within;
    for (;;) {
      const said = pattern.exec(this.output);
      if (said) return said;
      if (this.process.exitCode !== null || Date.now() > until) throw new Error(`never said ${pattern}:\n${this.output}`);
      await new Promise(wait => setTimeout(wait, 5));
    }
  }
  async ready() {
    const [, url] = await this.says(/Yizhan is ready: (http\S+)/);
    return { url: url!, seconds: (Date.now() - this.startedAt) / 1000 };
  }
  async stops(signal: 'SIGTERM' | 'SIGINT') {
    this.process.kill(signal);
    return this.ended;
  }
}

/** Command lines of all processes. */
const processes = (): string[] =>
  existsSync('/proc/self/cmdline')
    ? readdirSync('/proc')
        .filter(pid => /^\d+$/.test(pid))
        .map(pid => {
          try {
            return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
          } catch {
            return '';
          }
        })
    : spawnSync('ps', ['-axo', 'args'], { encoding: 'utf8' }).stdout.split('\n');

interface Schema {
  readonly $ref?: string;
  readonly description?: string;
  readonly example?: unknown;
  readonly properties?: Readonly<Record<string, Schema>>;
}
interface Operation {
  readonly operationId: string;
  readonly summary?: string;
  readonly description?: string;
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly description?: string }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema; readonly example?: unknown }>> };
}
interface Document {
  readonly paths: Readonly<Record<string, { readonly get?: Operation; readonly post?: Operation }>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

describe('the built program, from its first day on', () => {
  const folder = mkdtempSync(join(tmpdir(), 'yizhan-smoke-'));
  const data = join(folder, 'data');
  // Run by root, the server has a user of its own, who must be able to come in.
  chmodSync(folder, 0o755);
  const started: Program[] = [];
  const start = (environment: Environment = {}) => {
    const program = new Program({ YIZHAN_DATA: data, ...environment });
    started.push(program);
    return program;
  };
  const serversOf = (place: string) => processes().filter(line => /postgres/.test(line) && line.includes(place));
  afterAll(async () => {
    for (const program of started) {
      if (program.process.exitCode === null && program.process.signalCode === null) await program.stops('SIGTERM');
    }
    rmSync(folder, { recursive: true, force: true });
  });

  let program: Program;
  let url = '';
  let passwords: Readonly<Record<string, string>> = {};
  const token = async (account: string) => {
    const answer = await fetch(`${url}/api/sessions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ account, password: passwords[account] }),
    });
    expect([account, answer.status]).toEqual([account, 201]);
    return ((await answer.json()) as { token: string }).token;
  };

  test('a setting that is misspelt or wrong ends the start with a sentence, before anything is touched', async () => {
    for (const [environment, sentence] of [
      [{ YIZHAN_PROT: '3000' }, 'The environment variable YIZHAN_PROT is not known'],
      [{ YIZHAN_PORT: 'x' }, 'YIZHAN_PORT:must be a whole number from 0 to 65535'],
    ] as const) {
      const wrong = start(environment);
      expect(await wrong.ended).toBe(1);
      expect(wrong.output.trim()).toBe(sentence);
    }
    expect(existsSync(data)).toBe(false);
  });

  test('killed in the middle of its first import, it goes on at the next start', async () => {
    const killed = start();
    await killed.says(/Loading the divisions of Jilin [1-9]\d*\/13014/);
    killed.process.kill('SIGKILL');
    await killed.ended;
    expect(killed.output).not.toContain('13014/13014');
    const [, done] = [...killed.output.matchAll(/Jilin (\d+)\/13014/g)].at(-1)!;
    expect(Number(done)).toBeLessThan(divisionsOfJilin);

    program = start();
    ({ url } = await program.ready());
    expect(program.output).toContain('Loading the divisions of Jilin 13014/13014');
    passwords = Object.fromEntries(
      [...program.output.matchAll(/^ {2}(authority|registrar|staff|worker|auditor) +(\S+)$/gm)].map(([, name, word]) => [
        name!,
        word!,
      ]),
    );
    expect(Object.keys(passwords).sort()).toEqual(['auditor', 'authority', 'registrar', 'staff', 'worker']);

    const codes: string[] = [];
    // Who has not signed in is kept to a pace.
    const headers = { authorization: `Bearer ${await token('authority')}` };
    for (let cursor: string | null = ''; cursor !== null;) {
      const more: string = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
      const page = (await (await fetch(`${url}/api/divisions?ended=true&limit=200${more}`, { headers })).json()) as {
        rows: { code: string }[];
        next: string | null;
      };
      codes.push(...page.rows.map(({ code }) => code));
      cursor = page.next;
    }
    expect([codes.length, new Set(codes).size]).toEqual([divisionsOfJilin, divisionsOfJilin]);
  });

  test('a second process on the same folder ends at once, and says who holds it', async () => {
    const second = start();
    expect(await second.ended).toBe(1);
    expect(second.output).toContain(`held by process ${program.process.pid}`);
    expect(second.output).not.toMatch(/^\s+at /m);
    expect((await fetch(`${url}/api/health/ready`)).status).toBe(200);
  });

  describe('describes itself', () => {
    let document: Document;
    let operations: readonly Operation[];
    beforeAll(async () => {
      document = (await (await fetch(`${url}/api/openapi.json`)).json()) as Document;
      operations = Object.values(document.paths).flatMap(({ get, post }) => [get, post].filter(each => each !== undefined));
    });

    test('with an operation for every command and every view', () => {
      const ids = operations.map(({ operationId }) => operationId);
      expect(new Set(ids).size).toBe(ids.length);
      const named = office.flatMap(({ commands, views }) => [
        ...commands.map(({ command }) => command.name),
        ...views.map(({ name }) => name),
      ]);
      expect(named.filter(name => !ids.includes(name))).toEqual([]);
      for (const { operationId, summary, description } of operations)
        expect([operationId, Boolean(summary && description)]).toEqual([operationId, true]);
    });
    test('with a description of every schema and every field', () => {
      const silent = Object.entries(document.components.schemas).flatMap(([name, schema]) => [
        ...(schema.description ? [] : [name]),
        ...Object.entries(schema.properties ?? {})
          .filter(([, field]) => !field.description && !field.$ref)
          .map(([field]) => `${name}.${field}`),
      ]);
      expect(silent).toEqual([]);
    });
    test('with examples that its own commands accept', async () => {
      const resolved = (schema: Schema): Schema =>
        schema.$ref ? document.components.schemas[schema.$ref.slice(schema.$ref.lastIndexOf('/') + 1)]! : schema;
      const wrong: unknown[] = [];
      const roleOf = { oversight: 'authority', registrar: 'registrar', centerStaff: 'staff', stationWorker: 'worker' };
      const tokens = new Map<string, string>();
      for (const account of Object.values(roleOf)) tokens.set(account, await token(account));
      for (const { commands } of office) {
        for (const { command, by } of commands) {
          const [path, { post }] = Object.entries(document.paths).find(([, each]) => each.post?.operationId === command.name)!;
          const content = post!.requestBody!.content['application/json']!;
          const schema = resolved(content.schema);
          const fromFields = Object.fromEntries(
            Object.entries(schema.properties ?? {}).map(([name, field]) => [name, field.example ?? resolved(field).example]),
          );
          const body = content.example ?? schema.example ?? fromFields;
          const account = by.map(({ role }) => roleOf[role as keyof typeof roleOf]).find(Boolean)!;
          const answer = await fetch(`${url}${path.replace(/\{\w+\}/, randomUUID())}?dryRun=true`, {
            method: 'POST',
            headers: {
              'content-type': 'application/json',
              'idempotency-key': randomUUID(),
              authorization: `Bearer ${tokens.get(account)}`,
            },
            body: JSON.stringify(body),
          });
          if (![200, 404, 409].includes(answer.status)) wrong.push([command.name, body, await answer.text()]);
        }
      }
      expect(wrong).toEqual([]);
    });
  });

  test('stopped, it leaves nothing behind that runs; started again, it is ready soon and keeps its secrets', async () => {
    expect(serversOf(folder)).not.toEqual([]);
    expect(await program.stops('SIGTERM')).toBe(0);
    expect(program.output).toContain('Stopped.');
    expect(serversOf(folder)).toEqual([]);

    program = start();
    const { url: again, seconds } = await program.ready();
    url = again;
    expect(seconds).toBeLessThan(15);
    expect(program.output).not.toMatch(/Loading the divisions|Pilot accounts/);
    await token('staff');
    const log = readFileSync(join(data, 'yizhan.log'), 'utf8');
    for (const word of Object.values(passwords)) expect(log + program.output).not.toContain(word);

    expect(await program.stops('SIGINT')).toBe(0);
    expect(serversOf(folder)).toEqual([]);
  });
});
