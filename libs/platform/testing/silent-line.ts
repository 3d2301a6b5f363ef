import { connect, createServer, type Socket } from 'node:net';
import { Client, type ClientConfig } from 'pg';

/** A line to a database that can go silent: neither end is told, and nothing arrives. Lines that are made afterwards are sound. */
export interface SilentLine {
  /** Where the database is, by this line. */
  readonly connection: ClientConfig;
  /** @returns how many lines are open and dead from now on */
  goSilent(): number;
  close(): Promise<void>;
}

export async function silentLine(url: string): Promise<SilentLine> {
  const { host, port, user, password, database } = new Client({ connectionString: url });
  const lines = new Set<{ readonly ends: readonly Socket[]; silent: boolean }>();
  const proxy = createServer(near => {
    const far = host.startsWith('/') ? connect(`${host}/.s.PGSQL.${port}`) : connect(port, host);
    const line = { ends: [near, far], silent: false };
    lines.add(line);
    const hangUp = () => {
      if (!line.silent) for (const end of line.ends) end.destroy();
    };
    near.on('data', sent => line.silent || far.write(sent));
    far.on('data', answer => line.silent || near.write(answer));
    for (const end of line.ends) end.on('error', hangUp).on('close', hangUp);
  });
  await new Promise<void>(resolve => proxy.listen(0, '127.0.0.1', resolve));
  const address = proxy.address() as { port: number };
  return {
    connection: { host: '127.0.0.1', port: address.port, user, password: password ?? undefined, database, ssl: false },
    goSilent() {
      for (const line of lines) line.silent = true;
      return lines.size;
    },
    async close() {
      for (const { ends } of lines) for (const end of ends) end.destroy();
      await new Promise(resolve => proxy.close(resolve));
    },
  };
}
