import { randomUUID } from 'node:crypto';
import { appendOf } from '@lib/platform/event-store/event-store.js';
import { MemoryEventStore } from '@lib/platform/event-store/memory/memory-event-store.js';
import { until } from '@lib/platform/processes/until.js';
import { Reactor } from './reactor.js';

/** Keeps what was last written down of how far the policies are. */
class Written {
  readonly positions = new Map<string, string>();

  query = async (statement: string, [names, values]: readonly unknown[]) => {
    if (statement.startsWith('insert into reactor.policy'))
      return { rows: (names as string[]).map(name => ({ name, position: values as string })) };
    for (const [nth, name] of (names as string[]).entries()) this.positions.set(name, (values as string[])[nth]!);
    return { rows: [] };
  };
}

test('a house that has come to rest says so: the last checkpoint is written down as well', async () => {
  const store = new MemoryEventStore();
  const written = new Written();
  const reactor = new Reactor({
    policies: [{ name: 'answersNothing', fact: 'NeverWritten', respond: () => [] } as never],
    store,
    pool: written as never,
    readings: () => ({}) as never,
    send: () => Promise.reject(new Error('there is nothing to send')),
    report: error => {
      throw error;
    },
  });
  await reactor.start();
  const write = (stream: string) =>
    store.append(appendOf([{ stream, expected: -1, events: [{ id: randomUUID(), type: 'Noted', metadata: {}, data: {} }] }], []));
  await write('note-1');
  await until('the first checkpoint is written down', () => written.positions.has('answersNothing'), 60_000);
  // Comes within the second in which nothing further is written down; nothing follows.
  const { position } = await write('note-2');
  await until('so is the last one', () => written.positions.get('answersNothing') === position, 60_000);
  expect(written.positions.get('answersNothing')).toBe(position);
  await reactor.stop();
});
