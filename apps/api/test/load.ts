import { Agent, request } from 'node:http';
import { randomUUID } from 'node:crypto';

export interface Sent {
  /** Undefined when no answer came. */
  readonly status?: number;
  readonly position?: string;
  readonly error?: string;
}

/** Sends commands one after the other over one kept connection, until told to stop. @param next path and body of the nth command */
export async function sendWithoutPause(
  url: string,
  token: string,
  next: (nth: number) => { readonly path: string; readonly body: object },
  stopped: () => boolean,
): Promise<readonly Sent[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const all: Sent[] = [];
  for (let nth = 0; !stopped(); nth += 1) {
    const { path, body } = next(nth);
    const sent = await new Promise<Sent>(resolve => {
      const text = JSON.stringify(body);
      const asking = request(
        `${url}${path}`,
        {
          agent,
          method: 'POST',
          headers: {
            authorization: `Bearer ${token}`,
            'content-type': 'application/json',
            'content-length': Buffer.byteLength(text),
            'idempotency-key': randomUUID(),
          },
        },
        answer => {
          let read = '';
          answer.setEncoding('utf8');
          answer.on('data', (chunk: string) => (read += chunk));
          answer.on('error', error => resolve({ error: error.message }));
          answer.on('end', () => {
            const status = answer.statusCode!;
            resolve(status === 200 ? { status, position: (JSON.parse(read) as { position: string }).position } : { status });
          });
        },
      );
      asking.on('error', error => resolve({ error: (error as NodeJS.ErrnoException).code ?? error.message }));
      asking.end(text);
    });
    all.push(sent);
    if (sent.error !== undefined) break;
  }
  agent.destroy();
  return all;
}
