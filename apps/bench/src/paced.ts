import { Agent, request } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';

export interface Question {
  /** What it is called where the slowest one is told. */
  readonly kind: string;
  readonly path: string;
  readonly token: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface Reply {
  readonly status: number;
  readonly body: string;
  /** Milliseconds, with the time that it waited for a connection. */
  readonly took: number;
}

/** Keep-alive connections, as many as there are people who ask at the same moment. */
export class Client {
  private readonly agent: Agent;

  constructor(
    private readonly url: string,
    connections: number,
  ) {
    this.agent = new Agent({ keepAlive: true, maxSockets: connections });
  }

  ask({ path, token, headers, body }: Omit<Question, 'kind'>): Promise<Reply> {
    const askedAt = performance.now();
    return new Promise((resolve, reject) => {
      const sent = request(
        new URL(path, this.url),
        {
          agent: this.agent,
          method: body === undefined ? 'GET' : 'POST',
          headers: {
            ...(token === '' ? {} : { authorization: `Bearer ${token}` }),
            ...(body === undefined ? {} : { 'content-type': 'application/json' }),
            ...headers,
          },
        },
        answer => {
          const chunks: Buffer[] = [];
          answer.on('data', (chunk: Buffer) => chunks.push(chunk));
          answer.on('end', () => {
            const took = performance.now() - askedAt;
            resolve({ status: answer.statusCode!, body: Buffer.concat(chunks).toString('utf8'), took });
          });
          answer.on('error', reject);
        },
      );
      sent.on('error', reject);
      sent.end(body);
    });
  }

  close(): void {
    this.agent.destroy();
  }
}

/** Begins so many a second, whether or not those before have ended: who waits in a queue waits on the clock. */
export async function atPace<T>(perSecond: number, seconds: number, begin: (nth: number) => Promise<T>): Promise<T[]> {
  const startedAt = performance.now();
  const begun: Promise<T>[] = [];
  const count = perSecond * seconds;
  while (begun.length < count) {
    const due = Math.min(count, Math.floor(((performance.now() - startedAt) / 1000) * perSecond) + 1);
    while (begun.length < due) {
      const one = begin(begun.length);
      // It is told at the end, where all are awaited.
      one.catch(() => undefined);
      begun.push(one);
    }
    await pause(1);
  }
  return Promise.all(begun);
}
