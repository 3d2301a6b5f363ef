import { randomBytes } from 'node:crypto';
import pg from 'pg';
import pino from 'pino';
import { prepareDatabases, type Databases } from '@lib/house/databases.js';
import { bringDivisions, openPilotAccounts } from '@lib/house/first-day.js';
import { openFoundation, type Foundation } from '@lib/house/foundation.js';
import { knownOffice } from '@lib/house/known-office.js';
import type { RecordedEvent } from '@lib/platform/event-store/event-store.js';
import { Program } from '@lib/platform/processes/program.js';
import { until } from '@lib/platform/processes/until.js';
import { MasterKey } from '@lib/platform/privacy/master-key.js';
import type { StoreServer } from './store-server.js';
import type { Violations } from '../violations.js';
import { divisionsOfTown, type Account } from './town.js';

const password = 'house-that-is-broken';

type Environment = Readonly<Record<string, string>>;

interface Row {
  readonly position: string;
  readonly stream: string;
  readonly revision: number;
  readonly id: string;
  readonly type: string;
  readonly recordedAt: string;
  readonly metadata: string;
  readonly data: string;
}

/** A PostgreSQL of a run with an office in it, and the programs of the house as processes. */
export class HouseStage {
  private readonly programs = new Set<Program>();
  private readonly expected = new WeakSet<Program>();
  private readonly masterKey = randomBytes(32);
  private closing = false;

  private constructor(
    readonly server: StoreServer,
    private readonly violations: Violations,
  ) {}

  static async found(server: StoreServer, violations: Violations): Promise<HouseStage> {
    const stage = new HouseStage(server, violations);
    const client = new pg.Client(server.config);
    await client.connect();
    await client.query('create database house');
    await client.end();
    await stage.within(async foundation => {
      await bringDivisions(foundation.store, () => undefined, divisionsOfTown());
      await openPilotAccounts({ store: foundation.store, sessions: knownOffice(foundation).sessions }, password);
    });
    return stage;
  }

  get url(): string {
    return this.server.url('house');
  }

  /** Lends what every process stands on, for as long as the work takes. */
  async within<T>(work: (foundation: Foundation) => Promise<T>): Promise<T> {
    const databases: Databases = await prepareDatabases(this.url, 'en');
    const masterKey = new MasterKey(this.masterKey);
    const foundation = await openFoundation({ databases, masterKey, log: pino({ level: 'silent' }) });
    return work(foundation).finally(() => foundation.close());
  }

  async asking<T>(work: (pool: pg.Pool) => Promise<T>): Promise<T> {
    const pool = new pg.Pool({ connectionString: this.url, max: 1 });
    pool.on('error', () => undefined);
    return work(pool).finally(() => pool.end());
  }

  /**
   * @param environment replaces what a program of this house usually gets
   * @param main another file than that of the program
   */
  start(app: string, environment: Environment = {}, main?: string): Program {
    const usual = {
      DATABASE_URL: this.url,
      YIZHAN_MASTER_KEY: this.masterKey.toString('base64'),
      YIZHAN_PILOT_PASSWORD: password,
      YIZHAN_LOG_LEVEL: 'warn',
    };
    const program = new Program(app, { ...usual, ...environment }, [], main);
    this.programs.add(program);
    void program.ended.then(code => {
      this.programs.delete(program);
      if (this.expected.has(program) || this.closing) return;
      this.violations.add('a program ended by itself', `${app} with ${code}: ${program.output.slice(-2_000)}`);
    });
    return program;
  }

  /** Where everything is, for who wants to know why something did not come true. */
  async scene(): Promise<Readonly<Record<string, unknown>>> {
    return this.asking(async pool => {
      const rows = async (sql: string) => (await pool.query<object>(sql)).rows;
      return {
        lanes: await rows('select name, table_name, position::text, stage, state, error from read.projection'),
        leases: await rows('select name, holder, token::text, expires::text from lease.lease'),
        sessions: await rows(
          `select pid, application_name, state, wait_event, xact_start::text, pg_blocking_pids(pid) as behind, left(query, 200) as query
             from pg_stat_activity where datname = current_database() and state <> 'idle'`,
        ),
        said: [...this.programs].map(({ app, process, output }) => ({ app, pid: process.pid, output: output.slice(-2_000) })),
      };
    });
  }

  /** Ends it where it stands. */
  async kill(program: Program): Promise<void> {
    this.expected.add(program);
    program.signal('SIGKILL');
    await program.ended;
  }

  /** Its end is what is wanted. */
  expectEndOf(program: Program): void {
    this.expected.add(program);
  }

  async token(api: Program, account: Account): Promise<string> {
    const answer = await fetch(`${await api.url()}/api/sessions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ account, password }),
    });
    if (answer.status !== 201) throw new Error(`${account} cannot sign in: ${await answer.text()}`);
    return ((await answer.json()) as { token: string }).token;
  }

  /** The log behind a position, in order, read from its table and by nothing of the house. */
  async *log(after = '0'): AsyncGenerator<RecordedEvent> {
    const client = new pg.Client({ connectionString: this.url });
    await client.connect();
    try {
      for (let from = after; ;) {
        const { rows } = await client.query<Row>(
          `select e.position::text, stream, revision, id, type, recorded_at::text as "recordedAt", metadata, data
             from log.events e where e.position > $1 order by e.position limit 5000`,
          [from],
        );
        for (const { metadata, data, ...row } of rows)
          yield {
            ...row,
            metadata: JSON.parse(metadata) as RecordedEvent['metadata'],
            data: JSON.parse(data) as RecordedEvent['data'],
          };
        const last = rows.at(-1);
        if (!last) return;
        from = last.position;
      }
    } finally {
      await client.end();
    }
  }

  /** Everything that was written has been folded and answered. */
  async quiet(): Promise<void> {
    let standings = '';
    await this.asking(pool =>
      until(
        'the house has come to rest',
        async () => {
          const { rows } = await pool.query<{ name: string; position: string; head: string }>(
            `select f.name, f.position, h.position as head from log.log_head h, (
               select name, position from read.projection where stage = 'serving'
               union all select name, position from reactor.policy) f where f.position <> h.position`,
          );
          standings = rows.map(({ name, position, head }) => `${name} ${position} of ${head}`).join(', ');
          return rows.length === 0;
        },
        120_000,
      ),
    ).catch((error: unknown) => this.violations.add('the house does not come to rest', `${standings}: ${String(error)}`));
  }

  async close(): Promise<void> {
    this.closing = true;
    for (const program of this.programs) {
      program.signal('SIGKILL');
      await program.ended;
    }
    await this.server.stop();
  }
}
