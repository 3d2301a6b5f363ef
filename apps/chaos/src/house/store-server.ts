import { existsSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '@lib/platform/embedded-postgres/embedded-postgres.js';

type Settings = Readonly<Record<string, string>>;

function childrenOf(parent: number): number[] {
  const pids = readdirSync('/proc').map(Number).filter(Boolean);
  return pids.filter(pid => {
    try {
      // `pid (name) state ppid …`; a name may hold spaces and brackets.
      const fields = readFileSync(`/proc/${pid}/stat`, 'utf8');
      return Number(fields.slice(fields.lastIndexOf(')') + 2).split(' ')[1]) === parent;
    } catch {
      return false;
    }
  });
}

function send(pid: number, signal: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** A PostgreSQL of one run that can be killed and started again under the same address. */
export class StoreServer {
  private constructor(
    readonly folder: string,
    private readonly socketFolder: string,
    private readonly settings: Settings,
    private readonly removeFolder: () => void,
    private server: EmbeddedPostgres,
  ) {}

  /**
   * @param folder for its data; one of its own when left out
   * @param removeFolder what is done with that folder in the end
   * @param made what `initdb` is told
   */
  static async start(
    settings: Settings = {},
    folder = mkdtempSync(join(tmpdir(), 'yizhan-chaos-')),
    removeFolder: () => void = () => rmSync(folder, { recursive: true, force: true }),
    made: readonly string[] = [],
  ): Promise<StoreServer> {
    const socketFolder = mkdtempSync(join(tmpdir(), 'yizhan-pg-chaos-'));
    const server = await startEmbeddedPostgres({ dataFolder: folder, settings, socketFolder, made });
    return new StoreServer(folder, socketFolder, settings, removeFolder, server);
  }

  get config(): EmbeddedPostgres['config'] {
    return this.server.config;
  }

  get socket(): string {
    return join(this.socketFolder, '.s.PGSQL.5432');
  }

  url(database: string): string {
    return this.server.url(database);
  }

  /** Main process and everything below it, at once. @returns how many processes that were */
  kill(): number {
    const victims = [this.server.pid, ...childrenOf(this.server.pid)];
    for (const pid of victims) send(pid, 'SIGKILL');
    return victims.length;
  }

  /** A backend stands still until it is woken up, or killed with all the others. */
  stopBackend(pid: number): void {
    send(pid, 'SIGSTOP');
  }

  wakeBackend(pid: number): void {
    send(pid, 'SIGCONT');
  }

  /** What lies in its folder, beside its data. */
  entries(): readonly string[] {
    return readdirSync(this.folder);
  }

  async startAgain(): Promise<void> {
    const { folder, settings, socketFolder } = this;
    this.server = await startEmbeddedPostgres({ dataFolder: folder, settings, socketFolder });
  }

  async stop(): Promise<void> {
    await this.server.stop();
    // Root's server keeps its files elsewhere; here is a link to them.
    const cluster = join(this.folder, 'postgres');
    if (existsSync(cluster)) rmSync(realpathSync(cluster), { recursive: true, force: true });
    for (const path of [cluster, this.socketFolder]) rmSync(path, { recursive: true, force: true });
    this.removeFolder();
  }
}
