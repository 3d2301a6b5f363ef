import { randomUUID } from 'node:crypto';
import { createServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { status } from '@grpc/grpc-js';
import { append, aStream, describeEventStore, historyOf, outcome, write } from '../event-store.contract.js';
import {
  type Appended,
  appendOf,
  AppendUnknown,
  comparePositions,
  InvalidAppend,
  LogCorrupt,
  StreamMoved,
  UnknownPosition,
} from '../event-store.js';
import { KurrentDouble } from './double/kurrent-double.js';
import { rpcError } from './double/status.js';
import { KurrentEventStore } from './kurrent-event-store.js';
import { KurrentUnusable } from './kurrent-unusable.js';

jest.setTimeout(240_000);

/** A real server; its log may be full of other things. */
const realServer = process.env.YIZHAN_TEST_KURRENTDB_URL;

if (realServer) {
  describeEventStore(
    'KurrentDB, the server at YIZHAN_TEST_KURRENTDB_URL',
    async () => {
      const store = await KurrentEventStore.open(realServer);
      return { store, close: () => store.close() };
    },
    { densePositions: false, losesAnswers: false },
  );
} else {
  describeEventStore(
    'KurrentDB (a double of the server)',
    async () => {
      const double = await KurrentDouble.start();
      const store = await KurrentEventStore.open(double.url, { clockSkew: 200 });
      return {
        store,
        loseNextAnswer: () => double.loseNextAnswer(),
        close: async () => {
          await store.close();
          await double.stop();
        },
      };
    },
    { densePositions: false, losesAnswers: true },
  );
}

describe('the log in KurrentDB, on a double of the server,', () => {
  let double: KurrentDouble;
  const opened: KurrentEventStore[] = [];
  const open = async (options: Parameters<typeof KurrentEventStore.open>[1] = {}) => {
    const store = await KurrentEventStore.open(double.url, options);
    opened.push(store);
    return store;
  };
  let store: KurrentEventStore;
  beforeEach(async () => {
    double = await KurrentDouble.start();
    store = await open({ clockSkew: 200 });
  });
  afterEach(async () => {
    double.gate.delay = 0;
    await Promise.all(opened.splice(0).map(each => each.close()));
    await double.stop();
  });

  const everything = async (of = store) => of.readAll('0', 10_000);
  /** Waits until something is so, however long that takes on a busy machine. */
  const until = async (isSo: () => boolean | Promise<boolean>) => {
    while (!(await isSo())) await pause(5);
  };

  describe('reads $all', () => {
    test('without what the server writes for itself, also in streams of ours', async () => {
      double.log.systemEvery = 1;
      const [kept, gone] = [aStream(), aStream()];
      await append(store, [write(kept, -1)]);
      await append(store, [write(gone, -1)]);
      double.log.tombstone(gone);
      double.log.writeSystem('$projections-$all', 'not-of-a-system-type');
      await append(store, [write(kept, 0)]);
      expect((await everything()).map(({ stream }) => stream)).toEqual([kept, gone, kept]);
      expect(await store.head()).toBe((await historyOf(store, kept)).at(-1)!.position);
      const hidden = double.log.records.filter(({ stream, type }) => stream.startsWith('$') || type.startsWith('$'));
      expect(hidden.length).toBeGreaterThan(4);
    });

    test('with gaps between positions, which rise all the same', async () => {
      for (let nth = 0; nth < 20; nth += 1) await append(store, [write(aStream(), -1), write(aStream(), -1)]);
      const positions = (await everything()).map(({ position }) => position);
      expect(positions).toHaveLength(40);
      const steps = positions.slice(1).map((position, nth) => BigInt(position) - BigInt(positions[nth]!));
      expect(steps.every(step => step > 1n)).toBe(true);
      expect([...positions].sort(comparePositions)).toEqual(positions);
    });

    test('from no other place than where an event is', async () => {
      await append(store, [write(aStream(), -1)]);
      const position = await store.head();
      const beside = String(BigInt(position) + 1n);
      expect(await store.readAt([beside, position, '7'])).toHaveLength(1);
      await expect(store.readAll(beside, 10)).rejects.toThrow(UnknownPosition);
    });

    test('and stops at an event that somebody else wrote', async () => {
      const empty = Buffer.alloc(0);
      const event = { id: randomUUID(), stream: 'theirs', type: 'Theirs', isJson: true, data: Buffer.from('{}') };
      double.log.append([{ ...event, metadata: empty }]);
      await expect(everything()).rejects.toThrow(/not written by Yizhan/);
      await expect(store.read(['theirs'])).rejects.toThrow(LogCorrupt);
    });

    test('and stops at half an append', async () => {
      const { position } = await append(store, [write(aStream(), -1)]);
      const metadata = Buffer.from(JSON.stringify({ index: '0', count: '2' }));
      const half = () => ({ id: randomUUID(), stream: aStream(), type: 'Half', isJson: true, data: Buffer.from('{}'), metadata });
      double.log.append([half()]);
      // Nothing says yet that the rest will not come.
      expect((await everything()).at(-1)!.position).toBe(position);
      double.log.append([half()]);
      await expect(everything()).rejects.toThrow('is not whole');
    });
  });

  describe('knows when', () => {
    test('an event was recorded, to the millisecond', async () => {
      const stream = aStream();
      const { recordedAt } = await append(store, [write(stream, -1)]);
      const { created } = double.log.all(stream)[0]!;
      expect(Date.parse(recordedAt)).toBe(Number(created / 10_000n));
      expect((await historyOf(store, stream))[0]!.recordedAt).toBe(recordedAt);
    });

    test('an instant falls into an append: it holds up to the one before', async () => {
      const { position } = await append(store, [write(aStream(), -1)]);
      await pause(5);
      double.log.spread = 20;
      const whole = await append(store, [write(aStream(), -1), write(aStream(), -1), write(aStream(), -1)]);
      const [, first, second] = await everything();
      expect(await store.positionAsOf(first!.recordedAt)).toBe(position);
      expect(await store.positionAsOf(second!.recordedAt)).toBe(position);
      expect(await store.positionAsOf(whole.recordedAt)).toBe(whole.position);
    });

    test('a clock goes back: the first later event counts, wherever the search begins', async () => {
      const appended: Appended[] = [];
      for (const clockError of [0, 150, 60, 120, 1_000, 2_000, 1_900]) {
        double.log.clockError = clockError;
        appended.push(await append(store, [write(aStream(), -1)]));
      }
      const asOf = (instant: string) => {
        const later = appended.findIndex(({ recordedAt }) => recordedAt > instant);
        return later === 0 ? '0' : appended.at(later === -1 ? -1 : later - 1)!.position;
      };
      const fresh = await open({ clockSkew: 200 });
      for (const each of [store, fresh]) {
        for (const { recordedAt } of appended) expect(await each.positionAsOf(recordedAt)).toBe(asOf(recordedAt));
      }
      expect(asOf(appended[2]!.recordedAt)).toBe(appended[0]!.position);
    });
  });

  describe('hears of the appends of others', () => {
    const listening = async (options: Parameters<typeof KurrentEventStore.open>[1]) => {
      const listener = await open(options);
      let heard = 0;
      listener.whenAppended(() => (heard += 1));
      await until(() => heard > 0);
      return { since: () => heard, listener };
    };
    /** Appends of another process until one of them is heard of. */
    const untilHeard = async (since: () => number) => {
      const other = await open();
      const before = since();
      await append(other, [write(aStream(), -1)]);
      await until(() => since() > before);
    };

    test('at once', async () => {
      const { since } = await listening({});
      await untilHeard(since);
    });
    test('after the line was cut', async () => {
      const { since } = await listening({});
      double.gate.cut();
      await untilHeard(since);
    });
    test('after the line died without a word', async () => {
      const { since, listener } = await listening({ silence: 300, patience: 400 });
      double.gate.blackHole();
      const before = await listener.readAll('0', 10); // finds another line by itself
      expect(before).toEqual([]);
      await untilHeard(since);
    });
    test('after it fell behind', async () => {
      const { since } = await listening({});
      const before = since();
      double.fallBehind();
      await until(() => since() > before);
      await untilHeard(since);
    });
    test('after the server was gone for a while', async () => {
      const { since, listener } = await listening({ silence: 300, patience: 400 });
      await double.gate.refuse();
      await expect(append(listener, [write(aStream(), -1)])).rejects.toThrow(AppendUnknown);
      await double.gate.open();
      await untilHeard(since);
      await append(listener, [write(aStream(), -1)]);
    });
    test('a quiet line is asked again and again whether it is still there', async () => {
      const { since } = await listening({ silence: 50 });
      await until(() => since() >= 4);
    });
  });

  describe('never writes twice', () => {
    test('when an answer is lost: the append is found again, whole, where it was', async () => {
      const [one, other] = [aStream(), aStream()];
      const sent = appendOf([write(one, -1), write(other, -1)], []);
      double.loseNextAnswer();
      await expect(store.append(sent)).rejects.toThrow(AppendUnknown);
      expect(await outcome(store.append(sent))).toEqual(new StreamMoved([one, other]));
      const [found] = await historyOf(store, one);
      const whole = await store.readAppend(found!);
      expect(whole.map(({ id }) => id)).toEqual(sent.writes.flatMap(({ events }) => events.map(({ id }) => id)));
      expect(await everything()).toEqual(whole);
    });
    test('and never takes what was decided anew for what is there: the server looks at ids alone', async () => {
      const [one, other] = [aStream(), aStream()];
      const first = write(one, -1, { value: 'first' });
      const again = { ...first, events: first.events.map(event => ({ ...event, data: { value: 'again' } })) };
      await store.append(appendOf([first, write(other, -1)], []));
      await expect(store.append(appendOf([again], []))).rejects.toThrow(StreamMoved);
      expect((await historyOf(store, one)).map(({ data }) => data)).toEqual([{ value: 'first' }]);
    });
    test('when an answer takes longer than anybody waits for it', async () => {
      const hasty = await open({ patience: 150 });
      const stream = aStream();
      const sent = appendOf([write(stream, -1)], []);
      double.gate.delay = 400;
      await expect(hasty.append(sent)).rejects.toThrow(AppendUnknown);
      double.gate.delay = 0;
      await until(async () => (await outcome(store.append(sent))) instanceof StreamMoved);
      expect(await historyOf(store, stream)).toHaveLength(1);
    });
    test('when the node is no longer the leader, which version 2 says in words that the client does not know', async () => {
      const stream = aStream();
      const sent = appendOf([write(stream, -1)], []);
      double.failNextAppend(rpcError(status.FAILED_PRECONDITION, 'NOT_LEADER_NODE', 'The server is not the leader node'));
      await expect(store.append(sent)).rejects.toThrow(AppendUnknown);
      await store.append(sent);
      expect(await historyOf(store, stream)).toHaveLength(1);
    });
  });

  describe('takes what the server takes', () => {
    test.each([
      ['Counted', 'Counted'],
      ['事实', '事实'],
      ['a "fact"', 'a:20::22:fact:22:'],
      ['a:b$', 'a:3a:b:24:'],
      ['e\u0301', 'e:301:'],
      ['👩‍👧', ':1f469::200d::1f467:'],
    ])('a type called %s is stored as %s', async (type, stored) => {
      const stream = aStream();
      const { events, expected } = write(stream, -1);
      await append(store, [{ stream, expected, events: events.map(event => ({ ...event, type })) }]);
      expect(double.log.all(stream)[0]!.type).toBe(stored);
      expect((await historyOf(store, stream))[0]!.type).toBe(type);
    });
    test.each([
      ['a stream of the server', appendOf([write('$settings', -1)], [])],
      ['two streams that are one to the server', appendOf([write('center-a', -1)], [{ stream: 'CENTER-A', expected: -1 }])],
      ['metadata that the server would add to', withMetadata({ $correlationId: '1' })],
      ['metadata without a name', withMetadata({ '': '1' })],
      ['half a character in metadata', withMetadata({ actor: '\ud83d' })],
      ['more than the server takes', appendOf([write(aStream(), -1, { text: 'x'.repeat(17 * 1024 * 1024) })], [])],
    ])('%s is refused', async (_, wrong) => {
      await expect(store.append(wrong)).rejects.toThrow(InvalidAppend);
      expect(await store.head()).toBe('0');
    });
  });

  describe('ends the start with a sentence', () => {
    const sentencesOf = async (url: string) => {
      const error: unknown = await KurrentEventStore.open(url, { patience: 3_000 }).catch((reason: unknown) => reason);
      if (!(error instanceof KurrentUnusable)) throw error;
      return error.words;
    };
    test('when the server is too old, with the version that is wanted', async () => {
      const old = await KurrentDouble.start({ version: '25.1.4' });
      expect(await sentencesOf(old.url)).toEqual({
        zh: 'KurrentDB 须是 26.1 或更新的版本(要用 appendRecords),连上的是 25.1.4',
        en: 'KurrentDB must be version 26.1 or newer (for appendRecords); this one is 25.1.4',
      });
      await old.stop();
    });
    test('when nobody is there', async () => {
      const free = createServer();
      await new Promise<void>(resolve => free.listen(0, '127.0.0.1', resolve));
      const { port } = free.address() as { port: number };
      await new Promise(resolve => free.close(resolve));
      const { zh, en } = await sentencesOf(`kurrentdb://127.0.0.1:${port}?tls=false`);
      expect(zh).toMatch(/^连不上 KurrentDB/);
      expect(en).toMatch(/does not answer/);
    });
    test('when it is no connection string', async () => {
      const { zh, en } = await sentencesOf('kurrentdb://?tls=maybe');
      expect(zh).toMatch(/不是 KurrentDB 的连接串/);
      expect(en).toMatch(/no connection string/);
    });
  });

  test('the older name of the scheme will do', async () => {
    const older = await KurrentEventStore.open(double.url.replace('kurrentdb:', 'esdb:'));
    opened.push(older);
    expect(await older.head()).toBe('0');
  });

  test('closing waits for what was taken and refuses what comes after', async () => {
    const closing = await open();
    const appends = Array.from({ length: 20 }, () => append(closing, [write(aStream(), -1)]));
    const closed = closing.close();
    await expect(append(closing, [write(aStream(), -1)])).rejects.toThrow('closed');
    await Promise.all(appends);
    await closed;
  });
});

function withMetadata(metadata: Readonly<Record<string, string>>) {
  const { stream, expected, events } = write(aStream(), -1);
  return appendOf([{ stream, expected, events: events.map(event => ({ ...event, metadata })) }], []);
}
