import { connect } from 'node:net';

export interface Load {
  readonly url: string;
  readonly clients: number;
  readonly seconds: number;
  /** The next request of a client: head without Host and Content-Length, and body. */
  readonly next: (client: number, nth: number) => { readonly path: string; readonly headers: string; readonly body: string };
}

export interface Measured {
  readonly perSecond: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
  readonly failed: number;
}

/** Closed loop over keep-alive connections, one request under way on each; as little work per request as possible. */
export async function measure({ url, clients, seconds, next }: Load): Promise<Measured> {
  const { hostname, port } = new URL(url);
  const times: number[] = [];
  let failed = 0;
  const startedAt = performance.now();
  const until = startedAt + seconds * 1000;
  await Promise.all(
    Array.from(
      { length: clients },
      (_, client) =>
        new Promise<void>((resolve, reject) => {
          const socket = connect(Number(port), hostname);
          socket.setNoDelay(true);
          let nth = 0;
          let sentAt = 0;
          let buffered = '';
          const send = () => {
            const { path, headers, body } = next(client, nth++);
            sentAt = performance.now();
            socket.write(
              `POST ${path} HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\n${headers}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
            );
          };
          socket.on('connect', send);
          socket.on('error', reject);
          socket.on('data', chunk => {
            buffered += chunk.toString('latin1');
            const end = buffered.indexOf('\r\n\r\n');
            if (end < 0) return;
            const length = Number(/content-length: (\d+)/i.exec(buffered)?.[1] ?? 0);
            if (buffered.length < end + 4 + length) return;
            const status = Number(buffered.slice(9, 12));
            if (status >= 300) failed += 1;
            times.push(performance.now() - sentAt);
            buffered = '';
            if (performance.now() < until) send();
            else {
              socket.end();
              resolve();
            }
          });
        }),
    ),
  );
  const elapsed = (performance.now() - startedAt) / 1000;
  times.sort((a, b) => a - b);
  const at = (share: number) => times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0;
  return { perSecond: times.length / elapsed, p50: at(0.5), p99: at(0.99), failed };
}
