import { isUuid } from '@lib/platform/kernel/uuid.js';
import { type Append, AppendTooLate, InvalidAppend } from './event-store.js';

/** Some stores count revisions in 32 bits. */
const largestExpected = 2 ** 31 - 2;
const unstorable = /[\0\p{Surrogate}]/u;

function checkName(name: string, what: string): void {
  if (name === '' || unstorable.test(name)) throw new InvalidAppend(`${what} ${JSON.stringify(name)} cannot be stored`);
}

function checkExpectation(stream: string, expected: number): void {
  checkName(stream, 'a stream called');
  if (!Number.isInteger(expected) || expected < -1 || expected > largestExpected) {
    throw new InvalidAppend(`${stream}: an expected revision is exact, from -1, not ${expected}`);
  }
}

/** @throws AppendTooLate */
export function requireInTime(sendBy: number): void {
  if (performance.now() > sendBy) throw new AppendTooLate('its time to be sent is over');
}

/**
 * What every store asks of an append before it is sent.
 * @throws InvalidAppend
 */
export function checkForm({ writes, checks }: Append): void {
  if (writes.length === 0) throw new InvalidAppend('an append without a written stream');
  let count = 0;
  for (const { stream, expected, events } of writes) {
    checkExpectation(stream, expected);
    if (events.length === 0) throw new InvalidAppend(`${stream}: a written stream without events`);
    count += events.length;
  }
  for (const { stream, expected } of checks) checkExpectation(stream, expected);

  if (writes.length + checks.length > 1) {
    const streams = new Set([...writes.map(({ stream }) => stream), ...checks.map(({ stream }) => stream)]);
    if (streams.size < writes.length + checks.length) throw new InvalidAppend('an append names each stream once');
  }

  const total = String(count);
  let index = 0;
  for (const { events } of writes) {
    for (const { id, type, metadata } of events) {
      if (!isUuid(id)) throw new InvalidAppend(`an event id is a UUID in lower case, not ${id}`);
      checkName(type, 'an event type called');
      if (metadata.index !== String(index) || metadata.count !== total) {
        throw new InvalidAppend(`${type}: only appendOf makes an append (index and count in the metadata)`);
      }
      index += 1;
    }
  }
}

/**
 * @returns the value as every store keeps it
 * @throws InvalidAppend for a character 0x00, which not every store can hold
 */
export function storedJson(value: object): string {
  const json = JSON.stringify(value);
  // An even number of backslashes before it: the escape, not the text that looks like one.
  if (json.includes('\\u0000') && /(?<!\\)(?:\\\\)*\\u0000/.test(json))
    throw new InvalidAppend('a character 0x00 cannot be stored');
  return json;
}
