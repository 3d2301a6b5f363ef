import { randomUUID } from 'node:crypto';
import {
  AppendConsistencyViolationError,
  BACKWARDS,
  type ConsistencyCheck,
  END,
  excludeSystemEvents,
  jsonEvent,
  KurrentDBClient,
  STREAM_STATE,
  type AppendStreamState,
  StreamDeletedError,
  StreamNotFoundError,
  UnsupportedError,
  WrongExpectedVersionError,
} from '@kurrent/kurrentdb-client';
import { KurrentDouble } from './kurrent-double.js';

const anEvent = (id: string = randomUUID()) =>
  jsonEvent({ id, type: 'Counted', data: { value: 1 }, metadata: { actor: 'somebody' } });
const aStream = () => `counter-${randomUUID()}`;

/** What the public source of the server says of it, asked of the double by the client as it is. */
describe('the double of a KurrentDB server', () => {
  let double: KurrentDouble;
  let client: KurrentDBClient;
  beforeAll(async () => {
    double = await KurrentDouble.start();
    client = KurrentDBClient.connectionString(double.url);
  });
  afterAll(async () => {
    await client.dispose();
    await double.stop();
  });

  const count = (stream: string) => double.log.visible(stream).length;

  describe.each([
    ['one long call for all appends', true],
    ['one call for each append', false],
  ])('takes appends of version 1 by %s', (_, batchAppend) => {
    let own: KurrentDouble;
    let by: KurrentDBClient;
    beforeAll(async () => {
      own = await KurrentDouble.start({ batchAppend });
      by = KurrentDBClient.connectionString(own.url);
    });
    afterAll(async () => {
      await by.dispose();
      await own.stop();
    });
    const append = (stream: string, streamState: AppendStreamState, ...ids: readonly string[]) =>
      by.appendToStream(stream, ids.map(anEvent), { streamState });
    const [a, b, c] = [randomUUID(), randomUUID(), randomUUID()];

    test('and says where the last event stands', async () => {
      const stream = aStream();
      const first = await append(stream, 'no_stream', a, b);
      expect(first).toMatchObject({ success: true, nextExpectedRevision: 1n });
      expect(first.position!.commit).toBe(first.position!.prepare);
      expect(BigInt(own.log.all(stream).at(-1)!.position)).toBe(first.position!.commit);
    });
    test('a repetition with an exact revision is answered as the first time, whatever has come since', async () => {
      const stream = aStream();
      const first = await append(stream, 'no_stream', a, b);
      await append(stream, 1n, c);
      expect(await append(stream, 'no_stream', a, b)).toEqual(first);
      expect(own.log.all(stream)).toHaveLength(3);
    });
    test('a repetition without one is known by its ids', async () => {
      const stream = aStream();
      const first = await append(stream, 'any', a, b);
      expect(await append(stream, 'any', a, b)).toEqual(first);
      await expect(append(stream, 'any', a, c)).rejects.toThrow(WrongExpectedVersionError);
      expect(own.log.all(stream)).toHaveLength(2);
    });
    test('ids are compared within one stream', async () => {
      const [one, other] = [aStream(), aStream()];
      await append(one, 'any', a);
      await append(other, 'any', a);
      expect(own.log.all(other)).toHaveLength(1);
    });
    test.each<[string, AppendStreamState, readonly string[]]>([
      ['that begins as the stream does and goes on otherwise', 'no_stream', [a, c]],
      ['behind the end', 7n, [c]],
      ['before the end', 0n, [c]],
    ])('one %s is refused with what is expected and what is there', async (_what, streamState, ids) => {
      const stream = aStream();
      await append(stream, 'no_stream', a, b);
      const refused = append(stream, streamState, ...ids);
      await expect(refused).rejects.toMatchObject({ expectedState: streamState, actualState: 1n });
      await expect(refused).rejects.toThrow(WrongExpectedVersionError);
      expect(own.log.all(stream)).toHaveLength(2);
    });
    test('what must exist does, or it is refused', async () => {
      const stream = aStream();
      await expect(append(stream, 'stream_exists', a)).rejects.toMatchObject({ actualState: 'no_stream' });
      await append(stream, 'no_stream', a);
      await append(stream, 'stream_exists', b);
      expect(own.log.all(stream)).toHaveLength(2);
    });
    test('a deleted stream goes on where it ended; one that is gone never does', async () => {
      const stream = aStream();
      await append(stream, 'no_stream', a, b);
      await by.deleteStream(stream, { expectedRevision: 1n });
      await expect(append(stream, 'stream_exists', c)).rejects.toThrow(WrongExpectedVersionError);
      expect(await append(stream, 'no_stream', c)).toMatchObject({ nextExpectedRevision: 2n });
      await by.tombstoneStream(stream, { expectedRevision: 2n });
      await expect(append(stream, 'any', randomUUID())).rejects.toThrow(StreamDeletedError);
    });
  });

  describe('takes records of several streams at once', () => {
    const record = (streamName: string, id?: string) => ({ streamName, record: anEvent(id) });
    const check = (streamName: string, expectedState: AppendStreamState): ConsistencyCheck => ({
      type: STREAM_STATE,
      streamName,
      expectedState,
    });

    test('in their order, and says where the last one stands and the revision of each stream', async () => {
      const [one, other] = [aStream(), aStream()];
      const written = await client.appendRecords([record(one), record(other), record(one)]);
      expect(new Map(written.responses.map(({ streamName, revision }) => [streamName, revision]))).toEqual(
        new Map([
          [one, 1n],
          [other, 0n],
        ]),
      );
      expect(written.position).toBe(BigInt(double.log.all(one)[1]!.position));
      const [first, second, third] = double.log.records.slice(double.log.indexAt(double.log.all(one)[0]!.position));
      expect([first!.stream, second!.stream, third!.stream]).toEqual([one, other, one]);
    });
    test('or nothing, and says every check that does not hold', async () => {
      const [one, moved, absent, written] = [aStream(), aStream(), aStream(), aStream()];
      await client.appendRecords([record(one), record(moved)]);
      const checks = [check(one, 0n), check(moved, 'no_stream'), check(absent, 3n), check(written, 'no_stream')];
      const refused = client.appendRecords([record(written)], checks);
      await expect(refused).rejects.toThrow(AppendConsistencyViolationError);
      await expect(refused).rejects.toMatchObject({
        violations: [
          { checkIndex: 1, streamName: moved, expectedState: 'no_stream', actualState: 0n },
          { checkIndex: 2, streamName: absent, expectedState: 3n, actualState: 'no_stream' },
        ],
      });
      expect(count(written)).toBe(0);
    });
    test('a repetition is answered as the first time, though a stream that was only checked has moved', async () => {
      const [one, other, checked] = [aStream(), aStream(), aStream()];
      const records = [record(one), record(other)];
      const checks = [check(one, 'no_stream'), check(other, 'no_stream'), check(checked, 'no_stream')];
      const first = await client.appendRecords(records, checks);
      await client.appendRecords([record(checked)]);
      expect(await client.appendRecords(records, checks)).toEqual(first);
      expect([count(one), count(other)]).toEqual([1, 1]);
    });
    test('one of which a part is there is refused, the part that is there named', async () => {
      const [one, other, third] = [aStream(), aStream(), aStream()];
      const [a, b] = [record(one), record(other)];
      await client.appendRecords([a, b], [check(one, 'no_stream'), check(other, 'no_stream')]);
      const mixed = client.appendRecords([a, record(third)], [check(one, 'no_stream'), check(third, 'no_stream')]);
      await expect(mixed).rejects.toMatchObject({ violations: [{ streamName: one, actualState: 0n }] });
      expect(count(third)).toBe(0);
    });
    test.each<[string, Parameters<KurrentDBClient['appendRecords']>]>([
      ['without a record', [[], []]],
      ['with a check for any state', [[record('x')], [check('x', 'any')]]],
      ['that checks a stream twice, in other letters', [[record('x')], [check('x', 'no_stream'), check('X', 'no_stream')]]],
      ['with a type that is no name', [[{ streamName: 'x', record: { ...anEvent(), type: 'a "fact"' } }], []]],
      ['with an id that is none', [[{ streamName: 'x', record: { ...anEvent(), id: 'x' } }], []]],
    ])('a request %s is invalid', async (_, args) => {
      const { length } = double.log.records;
      await expect(client.appendRecords(...args)).rejects.toMatchObject({ code: 3 });
      expect(double.log.records).toHaveLength(length);
    });
    test('what the server adds to the metadata is read with it', async () => {
      const stream = aStream();
      await client.appendRecords([record(stream)]);
      for await (const { event } of client.readStream(stream))
        expect(event!.metadata).toEqual({ actor: 'somebody', '$schema.name': 'Counted', '$schema.format': 'Json' });
    });
  });

  describe('tells what went wrong', () => {
    test('a stream that does not exist, or is deleted, is not found; one that is gone is deleted', async () => {
      const stream = aStream();
      const read = async () => {
        for await (const _ of client.readStream(stream));
      };
      await expect(read()).rejects.toThrow(StreamNotFoundError);
      await client.appendToStream(stream, [anEvent()]);
      await read();
      await client.deleteStream(stream);
      await expect(read()).rejects.toThrow(StreamNotFoundError);
      await client.tombstoneStream(stream);
      await expect(read()).rejects.toThrow(StreamDeletedError);
    });
    test('in trailers: which stream, what was expected, what is there', async () => {
      const stream = aStream();
      await client.appendToStream(stream, [anEvent(), anEvent()]);
      await expect(client.deleteStream(stream, { expectedRevision: 7n })).rejects.toMatchObject({
        type: 'wrong-expected-version',
        streamName: stream,
        expectedState: 7n,
        actualState: 1n,
      });
    });
    test('no record begins at any offset', async () => {
      const read = async () => {
        for await (const _ of client.readAll({ fromPosition: { commit: 3n, prepare: 3n } }));
      };
      await expect(read()).rejects.toThrow(/invalid position/);
    });
  });

  describe('shows $all', () => {
    const read = async (options: Parameters<KurrentDBClient['readAll']>[0]) => {
      const events = [];
      for await (const { event } of client.readAll(options)) if (event) events.push(event);
      return events;
    };
    const [stream, another] = [aStream(), aStream()];
    beforeAll(async () => {
      for (let nth = 0; nth < 12; nth += 1) await client.appendToStream(nth % 2 === 0 ? stream : another, [anEvent()]);
    });

    test('with gaps between positions, and events of the system among the others', async () => {
      const events = await read({});
      const positions = events.map(({ position }) => position!.commit);
      expect(positions.every((position, nth) => nth === 0 || position - positions[nth - 1]! > 1n)).toBe(true);
      const system = events.filter(({ type }) => type.startsWith('$'));
      expect(system.length).toBeGreaterThan(3);
      expect(events.lastIndexOf(system.at(-1)!)).toBeGreaterThan(2);
    });
    test('without them where a filter says so', async () => {
      const events = await read({ filter: excludeSystemEvents() });
      expect(events.length).toBeGreaterThanOrEqual(12);
      expect(events.some(({ type }) => type.startsWith('$'))).toBe(false);
    });
    test('forwards with the event at a position, backwards from the one before', async () => {
      const events = await read({});
      const fromPosition = events[5]!.position!;
      expect((await read({ fromPosition, maxCount: 2 })).map(({ id }) => id)).toEqual([events[5]!.id, events[6]!.id]);
      const before = await read({ fromPosition, maxCount: 2, direction: BACKWARDS });
      expect(before.map(({ id }) => id)).toEqual([events[4]!.id, events[3]!.id]);
      expect((await read({ fromPosition: END, maxCount: 1, direction: BACKWARDS }))[0]!.id).toBe(events.at(-1)!.id);
    });
  });

  describe('lets others follow', () => {
    /** What a subscription says, in order, until `enough`. */
    const heard = async (
      options: Parameters<KurrentDBClient['subscribeToAll']>[0],
      enough: (said: readonly string[]) => boolean,
    ) => {
      const said: string[] = [];
      await new Promise<void>((resolve, reject) => {
        const say = (what: string) => {
          said.push(what);
          if (enough(said)) resolve();
        };
        const filter = options?.filter && { ...options.filter, checkpointReached: () => say('checkpoint') };
        const subscription = client
          .subscribeToAll({ ...options, ...(filter ? { filter } : {}) })
          .on('confirmation', () => say('confirmed'))
          .on('caughtUp', () => say('caughtUp'))
          .on('data', ({ event }) => say(event!.id))
          .on('error', reject);
        stop = () => subscription.unsubscribe();
      });
      await stop();
      await Promise.all(meanwhile.splice(0));
      return said;
    };
    let stop: () => Promise<void>;
    const meanwhile: Promise<unknown>[] = [];
    const times = (many: number) => Array.from({ length: many }, () => randomUUID());
    const append = async (ids: readonly string[]) => {
      for (const id of ids) await client.appendToStream(aStream(), [anEvent(id)]);
    };

    test('behind a position: first it confirms, then tells the past, then that it has caught up, then what comes', async () => {
      const [past, later] = [times(3), times(2)];
      await append([randomUUID()]);
      const { position } = double.log.records.at(-1)!;
      const fromPosition = { commit: BigInt(position), prepare: BigInt(position) };
      double.log.systemEvery = Infinity;
      await append(past);
      const following = heard({ fromPosition }, said => {
        if (said.at(-1) === 'caughtUp') meanwhile.push(append(later));
        return said.includes(later[1]!);
      });
      expect(await following).toEqual(['confirmed', ...past, 'caughtUp', ...later]);
      double.log.systemEvery = 5;
    });
    test('whoever falls behind catches up and hears of it again, and misses nothing', async () => {
      const ids: readonly string[] = times(3);
      let fell = 0;
      const said = await heard({ fromPosition: END }, all => {
        if (all.at(-1) === 'caughtUp' && fell < ids.length) {
          meanwhile.push(append([ids[fell]!]).then(() => double.fallBehind()));
          fell += 1;
        }
        return all.filter(what => what === 'caughtUp').length === 4;
      });
      expect(said.filter(what => ids.includes(what))).toEqual(ids);
    });
    test('a filter sends checkpoints: before it is live, and after as many events as it says', async () => {
      const filter = excludeSystemEvents({ maxSearchWindow: 4, checkpointInterval: 1 });
      let begun = false;
      const said = await heard({ filter }, all => {
        if (all.at(-1) === 'caughtUp' && !begun) {
          begun = true;
          meanwhile.push(append(times(9)));
        }
        return begun && all.slice(all.indexOf('caughtUp')).filter(what => what === 'checkpoint').length === 2;
      });
      expect(said[said.indexOf('caughtUp') - 1]).toBe('checkpoint');
    });
  });

  test('an old server lists no appendRecords and has none', async () => {
    const old = await KurrentDouble.start({ version: '25.1.4' });
    const by = KurrentDBClient.connectionString(old.url);
    await expect(by.appendRecords([{ streamName: aStream(), record: anEvent() }])).rejects.toThrow(UnsupportedError);
    await by.dispose();
    await old.stop();
  });
});
