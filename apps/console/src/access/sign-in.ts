import { commonHeaders } from '../shell/api.ts';
import type { components } from '../shell/contract.ts';
import { say } from '../shell/language.ts';
import { problemIn, Refused, Unreachable } from '../shell/problem.ts';
import { openSession } from '../shell/session.ts';

type Opened = components['schemas']['SessionOpened'];

/** @throws Refused with the server's sentence, Unreachable */
export async function signIn(account: string, password: string): Promise<void> {
  const { authorization: _, ...headers } = commonHeaders();
  const response = await fetch('/api/sessions', {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify({ account, password }),
  }).catch(() => {
    throw new Unreachable(say('shell.noConnection'));
  });
  const body: unknown = await response.json().catch(() => undefined);
  if (!response.ok) throw new Refused(problemIn(body, response.status, say('shell.noConnection')));
  openSession({ account, ...(body as Opened) });
}
