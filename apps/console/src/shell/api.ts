import createClient from 'openapi-fetch';
import type { paths } from './contract.ts';
import { languageNow, say } from './language.ts';
import { problemIn, Refused, Unreachable } from './problem.ts';
import { seenPosition } from './seen.ts';
import { expireSession, sessionNow } from './session.ts';

/** Headers that every request carries. */
export function commonHeaders(): Record<string, string> {
  const session = sessionNow();
  return {
    'accept-language': languageNow() === 'zh' ? 'zh-CN' : 'en',
    ...(session ? { authorization: `Bearer ${session.token}` } : {}),
  };
}

/** Views, as `docs/openapi.json` describes them. */
export const api = createClient<paths>({
  baseUrl: location.origin,
  fetch: async request => {
    const token = sessionNow()?.token;
    for (const [name, value] of Object.entries(commonHeaders())) request.headers.set(name, value);
    const after = seenPosition();
    if (request.method === 'GET' && after !== undefined && !request.url.includes('/api/me'))
      request.headers.set('x-after', after);
    let response: Response;
    try {
      response = await fetch(request);
    } catch (error) {
      if (request.signal.aborted) throw error;
      throw new Unreachable(say('shell.noConnection'));
    }
    if (response.status === 401 && token) expireSession(token);
    return response;
  },
});

interface Answer<Body> {
  readonly data?: Body;
  readonly error?: unknown;
  readonly response: Response;
}

/** @throws Refused with the sentence of the server */
export function answered<Body>({ data, error, response }: Answer<Body>): Body {
  if (data !== undefined && response.ok) return data;
  throw new Refused(problemIn(error, response.status, `${response.status}`));
}

/** A card with its revision, which a command that was prepared by looking at it may name. */
export type Card<Body> = Body & { readonly etag: string | undefined };

export const asCard = <Body>(answer: Answer<Body>): Card<Body> => ({
  ...answered(answer),
  etag: answer.response.headers.get('etag') ?? undefined,
});
