import { request, type Agent } from 'node:http';

export interface Answer {
  readonly status: number;
  readonly etag: string | undefined;
  readonly body: unknown;
}

/** Nobody took the request: certainly nothing was done. */
export class Unreached extends Error {}
/** The request may have arrived, and no answer came. */
export class Lost extends Error {}

/**
 * @param patience milliseconds
 * @throws Unreached, Lost
 */
export function ask(
  url: string,
  { agent, headers, body, patience }: { agent: Agent; headers: Record<string, string>; body: object; patience: number },
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const text = JSON.stringify(body);
    const asking = request(url, {
      agent,
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) },
    });
    const impatience = setTimeout(() => asking.destroy(new Error('no answer in time')), patience);
    const lose = (error: NodeJS.ErrnoException) => {
      clearTimeout(impatience);
      reject(error.code === 'ECONNREFUSED' ? new Unreached(error.message) : new Lost(error.code ?? error.message));
    };
    asking.on('error', lose);
    asking.on('response', answer => {
      let read = '';
      answer.setEncoding('utf8');
      answer.on('data', (chunk: string) => (read += chunk));
      answer.on('error', lose);
      answer.on('end', () => {
        clearTimeout(impatience);
        if (!answer.complete) return reject(new Lost('half an answer'));
        resolve({ status: answer.statusCode!, etag: answer.headers.etag, body: read === '' ? undefined : JSON.parse(read) });
      });
    });
    asking.end(text);
  });
}
