import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import {
  type Append,
  appendOf,
  AppendTooLate,
  AppendUnknown,
  beforeEverything,
  comparePositions,
  endsAppend,
  type EventData,
  type EventStore,
  type Expectation,
  InvalidAppend,
  type NewEvent,
  type RecordedEvent,
  StreamMoved,
  type StreamWrite,
} from './event-store.js';

/** A store under test, and what the suite may do to it. */
export interface OpenStore {
  readonly store: EventStore;
  close(): Promise<void>;
  /** The next answer to an append is lost after the append was written. Only where a network lies between the store and its log. */
  loseNextAnswer?(): void;
}

/**
 * What a store is. Every check is a function of its own, so that a twin that is wrong on purpose can be shown to fail it.
 * @param options.densePositions the store counts its positions without gaps
 */
export function describeEventStore(
  name: string,
  open: () => Promise<OpenStore>,
  options: { densePositions: boolean; losesAnswers: boolean },
): void {
  describe(`${name}, as an event store,`, () => {
    let opened: OpenStore;
    beforeAll(async () => void (opened = await open()));
    afterAll(() => opened.close());

    const promises = { ...checks, ...(options.densePositions ? { positionsAreDense } : {}) };
    for (const [title, check] of Object.entries(promises)) test(inWords(title), () => check(opened.store));

    if (options.losesAnswers) test('lost answers are found', () => lostAnswersAreFound(opened.store, opened.loseNextAnswer!));
  });
}

const inWords = (title: string) => title.replace(/[A-Z]/g, letter => ` ${letter.toLowerCase()}`);

/** 32 writers add to one counter; the last value is the number of those that were told "written". */
export async function noIncrementIsLost(store: EventStore): Promise<void> {
  const counter = aStream();
  let written = 0;
  await Promise.all(
    times(32, async () => {
      for (let left = 5; left > 0;) {
        const history = await historyOf(store, counter);
        const value = Number(history.at(-1)?.data.value ?? 0) + 1;
        if ((await outcome(append(store, [write(counter, history.length - 1, { value })]))) instanceof StreamMoved) continue;
        written += 1;
        left -= 1;
      }
    }),
  );
  const history = await historyOf(store, counter);
  assert.equal(written, 160);
  assert.deepEqual(
    history.map(({ data }) => data.value),
    times(written, nth => nth + 1),
  );
  assert.deepEqual(
    history.map(({ revision }) => revision),
    times(written, nth => nth),
  );
}

export async function positionsAreDense(store: EventStore): Promise<void> {
  const start = Number(await store.head());
  const outcomes = await Promise.all(
    times(200, nth => outcome(append(store, [write(aStream(), nth % 3 === 0 ? 7 : -1), write(aStream(), -1)]))),
  );
  const written = outcomes.filter(result => !(result instanceof StreamMoved)).length;
  assert.equal(written, 133);
  const log = await everything(store, String(start));
  assert.deepEqual(
    log.map(({ position }) => position),
    times(2 * written, nth => String(start + 1 + nth)),
  );
  assert.equal(await store.head(), String(start + 2 * written));
}

/** Readers that follow the log meet every event once, in order, and each stream without gaps, however many write. */
export async function followersMissNothing(store: EventStore): Promise<void> {
  const start = await store.head();
  const written = new Set<string>();
  let writing = true;
  const follow = async () => {
    const seen: RecordedEvent[] = [];
    for (let after = start; ;) {
      const writersWereDone = !writing;
      const page = await store.readAll(after, 7);
      seen.push(...page);
      after = page.at(-1)?.position ?? after;
      if (page.length === 0 && writersWereDone) return seen;
      if (page.length === 0) await pause(1);
    }
  };
  const writer = async () => {
    const [one, other] = [aStream(), aStream()];
    for (let revision = -1; revision < 9; revision += 1) {
      const writes = [write(one, revision), write(other, revision)];
      await append(store, writes);
      for (const { events } of writes) written.add(events[0]!.id);
      await outcome(append(store, [write(one, revision), write(aStream(), -1)])); // fails, and must leave nothing behind
    }
  };
  const followers = [follow(), follow(), follow()];
  await Promise.all(times(32, writer)).finally(() => (writing = false));
  for (const seen of await Promise.all(followers)) {
    assert.equal(new Set(seen.map(({ id }) => id)).size, seen.length, 'an event came twice');
    assert.equal(seen.length, written.size, `${written.size} events were written, ${seen.length} were seen`);
    assert.ok(
      seen.every(({ id }) => written.has(id)),
      'an event was seen that was not written',
    );
    assert.ok(
      seen.every(({ position }, nth) => nth === 0 || comparePositions(seen[nth - 1]!.position, position) < 0),
      'order',
    );
    const revisions = new Map<string, number>();
    for (const { stream, revision } of seen) {
      assert.equal(revision, (revisions.get(stream) ?? -1) + 1, `${stream} out of order`);
      revisions.set(stream, revision);
    }
  }
}

export async function aFailingAppendHarmsNoOther(store: EventStore): Promise<void> {
  const [taken, moved, free] = [aStream(), aStream(), aStream()];
  await append(store, [write(taken, -1), write(moved, -1)]);
  const good = times(31, aStream);
  const results = await Promise.all([
    ...good.slice(0, 16).map(stream => outcome(append(store, [write(stream, -1)]))),
    outcome(append(store, [write(free, -1), write(taken, -1)], [{ stream: moved, expected: 4 }])),
    ...good.slice(16).map(stream => outcome(append(store, [write(stream, -1)], [{ stream: aStream(), expected: -1 }]))),
  ]);
  const failed = results[16];
  assert.ok(failed instanceof StreamMoved);
  assert.deepEqual([...failed.streams].sort(), [taken, moved].sort());
  assert.equal(results.filter(result => result instanceof StreamMoved).length, 1);
  const histories = await store.read([...good, free, taken, moved]);
  for (const stream of good) assert.equal(histories.get(stream)?.length, 1);
  assert.equal(histories.get(free)?.length, 0);
  assert.equal(histories.get(taken)?.length, 1);

  const positions = results.flatMap(result => (result instanceof StreamMoved ? [] : [result.position]));
  const found = await store.readAt(positions);
  assert.equal(found.length, 31);
  assert.deepEqual(new Set(found.map(({ stream }) => stream)), new Set(good));
}

export async function twoStreamsAreWrittenBothOrNeither(store: EventStore): Promise<void> {
  const taken = aStream();
  await append(store, [write(taken, -1)]);
  const free = times(20, aStream);
  await Promise.all(
    free.map(async stream =>
      assert.ok((await outcome(append(store, [write(stream, -1), write(taken, -1)]))) instanceof StreamMoved),
    ),
  );
  for (const history of (await store.read(free)).values()) assert.equal(history.length, 0, 'half of an append was written');

  const pairs = times(50, () => [aStream(), aStream()] as const);
  await Promise.all(
    pairs.flatMap(([one, other]) => [
      outcome(append(store, [write(one, -1), write(other, -1)])),
      outcome(append(store, [write(other, -1), write(one, -1)])),
    ]),
  );
  for (const pair of pairs) {
    const histories = await store.read(pair);
    assert.deepEqual(
      pair.map(stream => histories.get(stream)?.length),
      [1, 1],
    );
    const whole = await store.readAppend(histories.get(pair[0])![0]!);
    assert.deepEqual(whole.map(({ stream }) => stream).sort(), [...pair].sort(), 'half of an append was written');
  }
}

export async function aStreamThatWasOnlyReadMustNotHaveMoved(store: EventStore): Promise<void> {
  const [station, link, absent] = [aStream(), aStream(), aStream()];
  await append(store, [write(station, -1)]);
  await append(store, [write(station, 0)]);
  const stale = await outcome(append(store, [write(link, -1)], [{ stream: station, expected: 0 }]));
  assert.ok(stale instanceof StreamMoved, 'a stream that was read had moved');
  assert.deepEqual(stale.streams, [station]);
  assert.ok((await outcome(append(store, [write(link, -1)], [{ stream: absent, expected: 0 }]))) instanceof StreamMoved);
  assert.ok((await outcome(append(store, [write(link, -1)], [{ stream: station, expected: -1 }]))) instanceof StreamMoved);
  assert.deepEqual(await historyOf(store, link), []);
  await append(
    store,
    [write(link, -1)],
    [
      { stream: station, expected: 1 },
      { stream: absent, expected: -1 },
    ],
  );
  assert.equal((await historyOf(store, link)).length, 1);
}

/** Write skew: each of two (or three, in a ring) checks what another writes, and all are sent at once. */
export async function noTwoThatCheckEachOtherBothPass(store: EventStore): Promise<void> {
  for (let round = 0; round < 40; round += 1) {
    await Promise.all(
      times(6, async nth => {
        const ring = times(nth % 2 === 0 ? 2 : 3, aStream);
        const results = await Promise.all(
          ring.map((stream, at) =>
            outcome(append(store, [write(stream, -1)], [{ stream: ring[(at + 1) % ring.length]!, expected: -1 }])),
          ),
        );
        const passed = results.filter(result => !(result instanceof StreamMoved)).length;
        assert.ok(passed >= 1, 'nobody came through');
        assert.ok(passed < ring.length, 'all passed that check each other');
      }),
    );
  }
}

/** 64 rivals ask for one slot, round after round; each round has one holder. */
export async function aSlotHasOneHolder(store: EventStore): Promise<void> {
  for (let round = 0; round < 10; round += 1) {
    const slot = aStream();
    const results = await Promise.all(times(64, () => outcome(append(store, [write(slot, -1), write(aStream(), -1)]))));
    assert.equal(results.filter(result => !(result instanceof StreamMoved)).length, 1, 'holders of one slot');
    assert.equal((await historyOf(store, slot)).length, 1);
  }
}

export async function whatWasWrittenIsReadAtOnce(store: EventStore): Promise<void> {
  await Promise.all(
    times(32, async () => {
      const stream = aStream();
      for (let revision = -1; revision < 4; revision += 1) {
        const { position, recordedAt } = await append(store, [write(stream, revision)]);
        const last = (await historyOf(store, stream)).at(-1);
        assert.deepEqual([last?.revision, last?.position, last?.recordedAt], [revision + 1, position, recordedAt]);
      }
    }),
  );
}

/** The retry of an append that is there already fails, and the streams tell whose events they hold. */
export async function anAppendSentTwiceIsThereOnce(store: EventStore): Promise<void> {
  const [one, other] = [aStream(), aStream()];
  const twice = appendOf([write(one, -1), write(other, -1)], []);
  const results = await Promise.all([outcome(store.append(twice)), outcome(store.append(twice))]);
  assert.equal(results.filter(result => result instanceof StreamMoved).length, 1);
  assert.ok((await outcome(store.append(twice))) instanceof StreamMoved);
  assert.deepEqual(
    (await historyOf(store, one)).map(({ id }) => id),
    [twice.writes[0]!.events[0]!.id],
  );
  assert.deepEqual(
    (await historyOf(store, other)).map(({ id }) => id),
    [twice.writes[1]!.events[0]!.id],
  );
}

export async function lostAnswersAreFound(store: EventStore, loseNextAnswer: () => void): Promise<void> {
  const appendAgain = async (sent: Append): Promise<'written' | 'found'> => {
    for (let tries = 0; tries < 8; tries += 1) {
      try {
        await store.append(sent);
        return 'written';
      } catch (error) {
        if (error instanceof StreamMoved) {
          assert.deepEqual(
            (await historyOf(store, sent.writes[0]!.stream)).map(({ id }) => id),
            sent.writes[0]!.events.map(({ id }) => id),
          );
          return 'found';
        }
        if (!(error instanceof AppendUnknown)) throw error;
      }
    }
    throw new Error('no answer after eight tries');
  };
  for (let round = 0; round < 10; round += 1) {
    const stream = aStream();
    loseNextAnswer();
    assert.equal(await appendAgain(appendOf([write(stream, -1), write(aStream(), -1)], [])), 'found', 'nothing was lost');
    assert.equal((await historyOf(store, stream)).length, 1);
  }
  loseNextAnswer();
  const results = await Promise.all(times(64, () => appendAgain(appendOf([write(aStream(), -1)], []))));
  assert.ok(results.includes('found'), 'nothing was lost');
}

export async function pagesEndWhereAppendsEnd(store: EventStore): Promise<void> {
  const start = await store.head();
  for (const sizes of [[1], [2], [3, 2], [1], [4], [2, 2, 3], [1], [1]]) {
    await append(
      store,
      sizes.map(size => ({ stream: aStream(), expected: -1, events: times(size, () => anEvent()) })),
    );
  }
  const whole = await store.readAll(start, 1_000);
  assert.equal(whole.length, 22);
  for (let limit = 1; limit <= 9; limit += 1) {
    const paged: RecordedEvent[] = [];
    for (let after = start; ; after = paged.at(-1)!.position) {
      const page = await store.readAll(after, limit);
      if (page.length === 0) break;
      assert.ok(endsAppend(page.at(-1)!), `a page of ${limit} ends inside an append`);
      paged.push(...page);
    }
    assert.deepEqual(paged, whole);
  }
}

export async function theAppendOfAnEventIsReadWhole(store: EventStore): Promise<void> {
  const [one, other] = [aStream(), aStream()];
  await append(store, [write(aStream(), -1)]);
  const sent = appendOf([{ stream: one, expected: -1, events: [anEvent(), anEvent()] }, write(other, -1)], []);
  const { position } = await store.append(sent);
  await append(store, [write(one, 1)]);
  const ids = sent.writes.flatMap(({ events }) => events.map(({ id }) => id));
  const events = [...(await historyOf(store, one)).slice(0, 2), ...(await historyOf(store, other))];
  for (const event of events)
    assert.deepEqual(
      (await store.readAppend(event)).map(({ id }) => id),
      ids,
    );
  assert.equal(events.at(-1)!.position, position);
}

export async function eventsAreFoundByPosition(store: EventStore): Promise<void> {
  const stream = aStream();
  await append(store, [{ stream, expected: -1, events: times(5, () => anEvent()) }]);
  const history = await historyOf(store, stream);
  const [first, , third] = history;
  assert.deepEqual(await store.readAt([third!.position, first!.position]), [first, third]);
  assert.deepEqual(await store.readAt([]), []);
}

export async function timeNeverGoesBack(store: EventStore): Promise<void> {
  for (let round = 0; round < 5; round += 1) {
    await Promise.all(times(10, () => append(store, [write(aStream(), -1)])));
    await pause(3);
  }
  const log = await everything(store, beforeEverything);
  assert.ok(log.every(({ recordedAt }) => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(recordedAt)));
  assert.ok(log.every(({ recordedAt }, nth) => nth === 0 || log[nth - 1]!.recordedAt <= recordedAt));
  assert.ok(Math.abs(Date.parse(log.at(-1)!.recordedAt) - Date.now()) < 60_000);
}

export async function anInstantHasAPosition(store: EventStore): Promise<void> {
  for (let nth = 0; nth < 4; nth += 1) {
    await append(store, [write(aStream(), -1), write(aStream(), -1)]);
    await pause(4);
  }
  const log = await everything(store, beforeEverything);
  const recent = log.slice(-8);
  for (const { recordedAt } of recent) {
    const later = new Date(Date.parse(recordedAt) + 1).toISOString();
    const earlier = new Date(Date.parse(recordedAt) - 1).toISOString();
    for (const instant of [earlier, recordedAt, later]) {
      const first = log.findIndex(event => event.recordedAt > instant);
      const before = first < 0 ? log : log.slice(0, first);
      const held = before.findLast(endsAppend)?.position ?? beforeEverything;
      assert.equal(await store.positionAsOf(instant), held);
    }
  }
  assert.equal(await store.positionAsOf('1999-12-31T16:00:00.000Z'), beforeEverything);
  assert.equal(await store.positionAsOf('2999-12-31T16:00:00.000Z'), await store.head());
}

export async function everyCharacterSurvives(store: EventStore): Promise<void> {
  const data = {
    name: '吉林省长春市 社会工作站',
    rare: '𠮷𠀋 👩‍👩‍👧 e\u0301',
    quotes: `"double" 'single' \\ \\\\ \\u0000 \\n {a,b} $1 NULL`,
    lines: 'one\ntwo\r\nthree\ttab\u2028\u007f\u0001',
    half: '\ud83d',
    empty: '',
    nested: { list: [1, -0.5, 1e21, true, null, [], {}] },
    long: '站'.repeat(20_000),
  };
  const stream = aStream();
  const metadata = { actor: '李"四\\', reasonCode: '' };
  const sent = appendOf([{ stream, expected: -1, events: [{ ...anEvent(data), type: 'Ünïcode"事实', metadata }] }], []);
  await store.append(sent);
  const [recorded] = await historyOf(store, stream);
  assert.deepEqual(recorded!.data, data);
  assert.deepEqual(recorded!.metadata, { ...metadata, index: '0', count: '1' });
  assert.equal(recorded!.type, 'Ünïcode"事实');
  assert.equal(recorded!.id, sent.writes[0]!.events[0]!.id);
  assert.deepEqual((await store.readAt([recorded!.position]))[0], recorded);
}

export async function whatNoStoreTakesIsRefused(store: EventStore): Promise<void> {
  const head = await store.head();
  const stream = aStream();
  const made = appendOf([write(stream, -1)], []);
  const refused: Append[] = [
    appendOf([], []),
    appendOf([], [{ stream, expected: -1 }]),
    appendOf([{ stream, expected: -1, events: [] }], []),
    appendOf([write(stream, -1), write(stream, 0)], []),
    appendOf([write(stream, -1)], [{ stream, expected: -1 }]),
    appendOf([write(stream, -2)], []),
    appendOf([write(stream, 0.5)], []),
    appendOf([write(stream, 2 ** 32 - 1)], []),
    appendOf([write('', -1)], []),
    appendOf([write('a\0b', -1)], []),
    appendOf([write(stream, -1, { name: 'a\0b' })], []),
    appendOf([{ stream, expected: -1, events: [{ ...anEvent(), type: '\0' }] }], []),
    appendOf([{ stream, expected: -1, events: [{ ...anEvent(), metadata: { actor: '\0' } }] }], []),
    appendOf([{ stream, expected: -1, events: [{ ...anEvent(), id: 'not-an-id' }] }], []),
    { writes: [write(stream, -1)], checks: [] },
    { ...made, writes: [...made.writes, write(aStream(), -1)] },
  ];
  for (const wrong of refused) await assert.rejects(store.append(wrong), InvalidAppend);
  assert.equal(await store.head(), head);
}

export async function anAbsentStreamHasNoEvents(store: EventStore): Promise<void> {
  const [present, absent] = [aStream(), aStream()];
  await append(store, [write(present, -1)]);
  const histories = await store.read([absent, present, absent]);
  assert.deepEqual(histories.get(absent), []);
  assert.equal(histories.get(present)?.length, 1);
  assert.equal((await store.read([])).size, 0);
  assert.deepEqual(await store.readAll(await store.head(), 10), []);
}

export async function aStreamIsReadFromARevision(store: EventStore): Promise<void> {
  const [long, short, absent] = [aStream(), aStream(), aStream()];
  await append(store, [{ stream: long, expected: -1, events: times(9, nth => anEvent({ value: nth })) }, write(short, -1)]);
  const whole = await historyOf(store, long);
  for (let first = 0; first <= 11; first += 1) {
    const histories = await store.read(
      [long, short, absent],
      new Map([
        [long, first],
        [absent, first],
      ]),
    );
    assert.deepEqual(histories.get(long), whole.slice(first), `not the events from ${first} on`);
    assert.equal(histories.get(short)?.length, 1, 'a stream of which no revision was named is read whole');
    assert.deepEqual(histories.get(absent), []);
  }
  await append(store, [write(long, 8)]);
  const since = await Promise.all(times(11, first => store.read([long], new Map([[long, first]]))));
  since.forEach((histories, first) => assert.equal(histories.get(long)?.length, 10 - first, 'each reader has its own beginning'));
}

export async function whatComesTooLateIsNeverWritten(store: EventStore): Promise<void> {
  const [late, inTime] = [aStream(), aStream()];
  await assert.rejects(store.append(appendOf([write(late, -1)], []), performance.now() - 1), AppendTooLate);
  await store.append(appendOf([write(inTime, -1)], []), performance.now() + 5_000);
  assert.equal((await historyOf(store, late)).length, 0);
  assert.equal((await historyOf(store, inTime)).length, 1);
}

export async function listenersHearOfAppends(store: EventStore): Promise<void> {
  let heard = 0;
  const stop = store.whenAppended(() => (heard += 1));
  await append(store, [write(aStream(), -1)]);
  await pause(5);
  assert.ok(heard > 0);
  stop();
  heard = 0;
  await append(store, [write(aStream(), -1)]);
  await pause(5);
  assert.equal(heard, 0);
}

const checks = {
  noIncrementIsLost,
  followersMissNothing,
  aFailingAppendHarmsNoOther,
  twoStreamsAreWrittenBothOrNeither,
  aStreamThatWasOnlyReadMustNotHaveMoved,
  noTwoThatCheckEachOtherBothPass,
  aSlotHasOneHolder,
  whatWasWrittenIsReadAtOnce,
  anAppendSentTwiceIsThereOnce,
  pagesEndWhereAppendsEnd,
  theAppendOfAnEventIsReadWhole,
  eventsAreFoundByPosition,
  timeNeverGoesBack,
  anInstantHasAPosition,
  everyCharacterSurvives,
  whatNoStoreTakesIsRefused,
  anAbsentStreamHasNoEvents,
  aStreamIsReadFromARevision,
  whatComesTooLateIsNeverWritten,
  listenersHearOfAppends,
};

const times = <T>(count: number, make: (nth: number) => T): T[] => Array.from({ length: count }, (_, nth) => make(nth));

export const aStream = () => `counter-${randomUUID()}`;

const anEvent = (data: EventData = { value: 1 }): NewEvent => ({
  id: randomUUID(),
  type: 'Counted',
  metadata: { actor: 'somebody', commandId: randomUUID(), version: '1' },
  data,
});

/** One event for a stream. */
export const write = (stream: string, expected: number, data?: EventData): StreamWrite => ({
  stream,
  expected,
  events: [anEvent(data)],
});

export const append = (store: EventStore, writes: readonly StreamWrite[], checks: readonly Expectation[] = []) =>
  store.append(appendOf(writes, checks));

/** @returns the refusal of an append that was overtaken instead of throwing it */
export const outcome = async <T>(appended: Promise<T>): Promise<T | StreamMoved> =>
  appended.catch(error => {
    if (error instanceof StreamMoved) return error;
    throw error;
  });

export const historyOf = async (store: EventStore, stream: string) => (await store.read([stream])).get(stream) ?? [];

async function everything(store: EventStore, after: string): Promise<RecordedEvent[]> {
  const log: RecordedEvent[] = [];
  for (;;) {
    const page = await store.readAll(log.at(-1)?.position ?? after, 1_000);
    if (page.length === 0) return log;
    log.push(...page);
  }
}
