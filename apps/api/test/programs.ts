import { randomBytes, randomUUID } from 'node:crypto';
import pg from 'pg';
import { routeOf } from '@lib/house/route-of.js';
import type { Receipt } from '@lib/platform/cqrs/command-desk.js';
import { Program } from '@lib/platform/processes/program.js';
import { until } from '@lib/platform/processes/until.js';
import { createTestDatabase } from '@lib/platform/testing/test-database.js';

export type App = 'api' | 'projector' | 'reactor' | 'admin';
type Environment = Readonly<Record<string, string>>;

export const password = 'open-house-2026';

export type Account = 'authority' | 'registrar' | 'staff';

/** Several programs on one database. */
export class Province {
  readonly programs: Program[] = [];
  private readonly tokens = new Map<string, string>();

  private constructor(
    readonly environment: Environment,
    readonly pool: pg.Pool,
    private readonly drop: () => Promise<void>,
  ) {}

  static async found(): Promise<Province> {
    const database = await createTestDatabase();
    const pool = new pg.Pool({ connectionString: database.url, max: 4 });
    pool.on('error', () => undefined);
    const environment = {
      DATABASE_URL: database.url,
      YIZHAN_MASTER_KEY: randomBytes(32).toString('base64'),
      YIZHAN_PILOT_PASSWORD: password,
    };
    return new Province(environment, pool, async () => {
      const keys = new URL(database.url).pathname.slice(1);
      await pool.query(`drop database if exists ${keys}_keys with (force)`);
      await pool.end();
      await database.drop();
    });
  }

  start(app: App, environment: Environment = {}, words: readonly string[] = []): Program {
    const program = new Program(app, { ...this.environment, ...environment }, words);
    this.programs.push(program);
    return program;
  }

  async close(): Promise<void> {
    await Promise.all(this.programs.filter(({ running }) => running).map(program => program.stops()));
    await this.drop();
  }

  /** Signs in at one of the doors; the token is good at each. */
  async token(api: Program, account: Account): Promise<string> {
    let token = this.tokens.get(account);
    if (!token) {
      const answer = await fetch(`${await api.url()}/api/sessions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ account, password }),
      });
      if (answer.status !== 201) throw new Error(`${account} cannot sign in: ${await answer.text()}`);
      ({ token } = (await answer.json()) as { token: string });
      this.tokens.set(account, token);
    }
    return token;
  }

  /** A command that must be done. */
  async does(api: Program, account: Account, command: new () => object, fields: Record<string, unknown>): Promise<Receipt> {
    const { path, body } = routeOf(command, fields);
    const answer = await fetch(`${await api.url()}${path}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'idempotency-key': randomUUID(),
        authorization: `Bearer ${await this.token(api, account)}`,
      },
      body: JSON.stringify(body),
    });
    if (answer.status >= 300) throw new Error(`${command.name}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as Receipt;
  }

  async asks(api: Program, account: Account, path: string, after?: string): Promise<Response> {
    const authorization = `Bearer ${await this.token(api, account)}`;
    return fetch(`${await api.url()}${path}`, { headers: { authorization, ...(after ? { 'x-after': after } : {}) } });
  }

  /** A view that has folded what was written before; on a busy machine it may say "not yet" a few times. */
  async sees<Body>(api: Program, account: Account, path: string, after: string): Promise<Body> {
    let answer: Response | undefined;
    await until(`${path} has folded ${after}`, async () => {
      answer = await this.asks(api, account, path, after);
      return answer.status !== 503;
    });
    if (answer!.status !== 200) throw new Error(`${path}: ${answer!.status} ${await answer!.text()}`);
    return (await answer!.json()) as Body;
  }

  /** The one of these that does the work. */
  async holderAmong(programs: readonly Program[]): Promise<Program> {
    let holder: Program | undefined;
    await until('one of them holds the lease', async () => {
      for (const program of programs) {
        if ((await program.health()).body.lease?.state === 'held') holder = program;
      }
      return holder !== undefined;
    });
    return holder!;
  }
}
