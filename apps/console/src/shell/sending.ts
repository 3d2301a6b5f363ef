import { useSyncExternalStore } from 'react';
import { commonHeaders } from './api.ts';
import type { Command } from './command.ts';
import type { components } from './contract.ts';
import { say } from './language.ts';
import { Outbox, type Entry, type Outcome, type Receipt } from './outbox.ts';
import { problemIn, Refused, Unreachable } from './problem.ts';
import { refreshAll } from './queries.ts';
import { seePosition } from './seen.ts';
import { expireSession, sessionNow, whenSessionChanges } from './session.ts';

export type Rehearsal = components['schemas']['Rehearsal'];

const again = new Set([502, 503, 504]);

async function request({ path, body, ifMatch, effectiveOn, reasonCode }: Command, key: string, query = ''): Promise<Response> {
  return fetch(`${path}${query}`, {
    method: 'POST',
    headers: {
      ...commonHeaders(),
      'content-type': 'application/json',
      'idempotency-key': key,
      ...(ifMatch ? { 'if-match': ifMatch } : {}),
      ...(effectiveOn ? { 'effective-on': effectiveOn } : {}),
      ...(reasonCode ? { 'reason-code': reasonCode } : {}),
    },
    body: JSON.stringify(body),
  });
}

/** Sends a command under its key, once. */
export async function post(command: Command, key: string): Promise<Outcome> {
  const token = sessionNow()?.token;
  try {
    const response = await request(command, key);
    const body: unknown = await response.json().catch(() => undefined);
    if (response.ok) return { is: 'done', receipt: body as Receipt };
    if (again.has(response.status)) return { is: 'again' };
    if (response.status === 401 && token) {
      expireSession(token);
      return { is: 'signed-out' };
    }
    const problem = problemIn(body, response.status, say('shell.noConnection'));
    return problem.code === 'conflict' ? { is: 'again' } : { is: 'refused', because: new Refused(problem) };
  } catch {
    return { is: 'again' };
  }
}

export const outbox = new Outbox(post);

window.addEventListener('online', outbox.hurry);
whenSessionChanges(() => {
  const session = sessionNow();
  if (session && !session.expired) outbox.hurry();
});
window.addEventListener('beforeunload', event => {
  if (outbox.list().length > 0) event.preventDefault();
});

/** @throws Refused, TakenBack */
export async function send(command: Command): Promise<Receipt> {
  const receipt = await outbox.send(command);
  seePosition(receipt.position);
  void refreshAll();
  return receipt;
}

/**
 * What would happen; nothing is written. Under a key with which it was done before, the receipt of that time comes again.
 * @throws Refused, Unreachable
 */
export async function rehearseUnder(key: string, command: Command): Promise<Rehearsal | Receipt> {
  const response = await request(command, key, '?dryRun=true').catch(() => {
    throw new Unreachable(say('shell.noConnection'));
  });
  const body: unknown = await response.json().catch(() => undefined);
  if (!response.ok) throw new Refused(problemIn(body, response.status, say('shell.noConnection')));
  return body as Rehearsal | Receipt;
}

/** What would happen; nothing is written. @throws Refused, Unreachable */
export const rehearse = async (command: Command): Promise<Rehearsal> =>
  (await rehearseUnder(crypto.randomUUID(), command)) as Rehearsal;

export const useOutbox = (): readonly Entry[] => useSyncExternalStore(outbox.subscribe, outbox.list);
