import { everywhere, type Gatekeeper } from '@lib/platform/kernel/access.js';
import type { Aggregate } from '@lib/platform/kernel/aggregate.js';
import { Refusal, type Circumstances } from '@lib/platform/kernel/decision.js';
import { eventsOf } from '@lib/platform/kernel/event.js';
import { date, id, integer, sensitive, text } from '@lib/platform/kernel/shape.js';
import { AppendTooLate, AppendUnknown, type Append, type EventStore } from '@lib/platform/event-store/event-store.js';
import { MemoryEventStore } from '@lib/platform/event-store/memory/memory-event-store.js';
import { CommandDesk, type Receipt } from './command-desk.js';
import { ask, sentWith, type Envelope } from './envelope.js';
import { acts, aggregateModule, births, of } from './module-table.js';
import { InvalidCommand, KeyReused, NotFound, NotPermitted, NotYet, RevisionStale } from './no.js';
import { problemOf } from './problems.js';
import { StreamFolds } from './stream-folds.js';

const event = eventsOf('jar', 'jarId');
class JarPlaced extends event('JarPlaced', 1, { jarId: id, on: date }, { zh: '', en: '' }) {}
class CoinDropped extends event(
  'CoinDropped',
  1,
  { jarId: id, amount: integer, note: sensitive('jarId', text) },
  { zh: '', en: '' },
) {}

interface Jar {
  readonly placed: boolean;
  readonly coins: number;
}
const jar: Aggregate<Jar, JarPlaced | CoinDropped> = {
  category: 'jar',
  initial: { placed: false, coins: 0 },
  evolve: (state, { type, data }) =>
    type === 'JarPlaced' ? { ...state, placed: true } : { ...state, coins: state.coins + data.amount },
};

class PlaceJar {
  readonly jarId!: string;
}
class DropCoin {
  readonly jarId!: string;
  readonly amount!: number;
  readonly note!: string;
  readonly besideId?: string | undefined;
}

const placeJar = ({ jarId }: PlaceJar, { jar: state }: { jar: Jar }, { on }: Circumstances) =>
  state.placed ? [] : [new JarPlaced({ jarId, on })];
const dropCoin = ({ jarId, amount, note }: DropCoin, { jar: state, beside }: { jar: Jar; beside: Jar }) => {
  if (amount === 0) return [];
  if (state.coins + beside.coins + amount > 100) throw new Refusal('jar-full', { zh: '满了', en: 'full' });
  return [new CoinDropped({ jarId, amount, note })];
};

const keeper = { role: 'keeper' };
const rules = { words: { zh: '', en: '' }, by: [keeper], within: () => everywhere } as const;
const table = aggregateModule(jar, {
  as: 'jar',
  at: 'jars',
  id: 'jarId',
  commands: [
    births(PlaceJar, placeJar, { ...rules, reads: {} }),
    acts(DropCoin, dropCoin, { ...rules, reads: { beside: of(jar, 'besideId') } }),
  ],
});
const [placing, dropping] = table.commands as [(typeof table.commands)[number], (typeof table.commands)[number]];

const jarId = '00000000-0000-4000-8000-000000000001';
const besideId = '00000000-0000-4000-8000-000000000002';
const key = (n: number) => `00000000-0000-4000-9000-${String(n).padStart(12, '0')}`;
const person = { id: 'somebody', name: 'somebody' };
let sent = 0;
const envelope = (more: Partial<Envelope> = {}): Envelope => ({ principal: person, key: key((sent += 1)), ...more });
const now = Date.parse('2026-03-02T02:00:00Z');

function openDesk(
  store: EventStore = new MemoryEventStore(),
  { permitted = true, role = true, hearsLater = false, caughtUp = true, sendsWithin = 10_000 } = {},
) {
  let heard = false;
  const gatekeeper: Gatekeeper = {
    holdsAny: () => role,
    permit: () => (permitted || heard ? { role: 'keeper', unit: 'here' } : undefined),
    reach: () => ({ all: true, divisionIds: [], centerIds: [], stationIds: [] }),
    under: () => undefined,
    sight: () => ({ name: 'full', phone: 'full', idNumber: 'none', address: 'full', notes: 'full' }),
  };
  const desk = new CommandDesk({
    store,
    folds: new StreamFolds(store),
    gatekeeper,
    gatekeeperCaughtUp: async () => {
      heard = hearsLater;
      return caughtUp;
    },
    lookUps: { personKey: async () => jarId, certificateKey: async () => jarId },
    seal: async facts => facts.map(({ data }) => data),
    clock: () => now,
    sendsWithin,
  });
  const place = (more?: Partial<Envelope>, at = jarId) =>
    desk.carryOut(placing, sentWith(ask(PlaceJar, { jarId: at }), envelope(more))) as Promise<Receipt>;
  const drop = (amount: number, more?: Partial<Envelope>, note = '', beside?: string) =>
    desk.carryOut(
      dropping,
      sentWith(ask(DropCoin, { jarId, amount, note, besideId: beside }), envelope(more)),
    ) as Promise<Receipt>;
  return { store, desk, place, drop };
}

const eventsIn = async (store: EventStore) => (await store.read([`jar-${jarId}`])).get(`jar-${jarId}`) ?? [];

test('a command writes its facts and says where', async () => {
  const { place, drop, store } = openDesk();
  const placed = await place();
  expect(placed).toMatchObject({ streams: [{ stream: `jar-${jarId}`, revision: 0 }], facts: ['JarPlaced'] });
  expect(await drop(5)).toMatchObject({ streams: [{ stream: `jar-${jarId}`, revision: 1 }], facts: ['CoinDropped'] });
  const [first] = await eventsIn(store);
  expect(first!.metadata).toMatchObject({
    actor: 'somebody',
    actorRole: 'keeper',
    effectiveOn: '2026-03-02',
    version: '1',
    index: '0',
    count: '1',
  });
});

test('the same key and body give the same receipt; another body is told apart', async () => {
  const { place, drop, store } = openDesk();
  await place();
  const receipt = await drop(5, { key: key(900) });
  expect(await drop(5, { key: key(900) })).toEqual(receipt);
  expect(await eventsIn(store)).toHaveLength(2);
  await expect(drop(6, { key: key(900) })).rejects.toBeInstanceOf(KeyReused);
});

test('a personal field is not part of the body hash', async () => {
  const { place, drop } = openDesk();
  await place();
  const receipt = await drop(5, { key: key(901) }, '给李玉兰');
  expect(await drop(5, { key: key(901) }, '给王芳')).toEqual(receipt);
});

test('the same command from 64 at once has one effect and 64 equal answers', async () => {
  const { place, drop, store } = openDesk();
  await place();
  const receipts = await Promise.all(Array.from({ length: 64 }, () => drop(1, { key: key(902) })));
  expect(new Set(receipts.map(receipt => JSON.stringify(receipt))).size).toBe(1);
  expect(await eventsIn(store)).toHaveLength(2);
});

test('who sends a command again is answered after the first copy, not refused before it is carried out', async () => {
  const store = new MemoryEventStore();
  const { place, drop } = openDesk(store);
  await place();
  const append = store.append.bind(store);
  let letGo!: () => void;
  const held = new Promise<void>(resolve => (letGo = resolve));
  store.append = async (what: Append) => {
    store.append = append;
    await held;
    return append(what);
  };
  const first = drop(60, { key: key(903) });
  const elsewhere = openDesk(store);
  await elsewhere.drop(60);
  const again = drop(60, { key: key(903) });
  const answered = jest.fn();
  again.catch(answered);
  await new Promise(resolve => setTimeout(resolve, 20));
  expect(answered).not.toHaveBeenCalled();
  letGo();
  await expect(first).rejects.toMatchObject({ code: 'jar-full' });
  await expect(again).rejects.toMatchObject({ code: 'jar-full' });
});

test('a command that waited longer than its sender is never carried out: another door may have refused it meanwhile', async () => {
  const store = new MemoryEventStore();
  const { place, drop } = openDesk(store, { sendsWithin: 100 });
  await place();
  const read = store.read.bind(store);
  const elsewhere = openDesk(store);
  await elsewhere.drop(60);
  // Held up on its way to the log, as in a queue: first it has to learn of what the other door wrote, and that takes long.
  store.read = async (...asked) => {
    store.read = read;
    await new Promise(resolve => setTimeout(resolve, 200));
    return read(...asked);
  };
  const here = drop(60, { key: key(905) }).catch((error: unknown) => error);
  await new Promise(resolve => setTimeout(resolve, 150));
  await expect(elsewhere.drop(60, { key: key(905) })).rejects.toMatchObject({ code: 'jar-full' });
  await elsewhere.drop(-60);
  expect(problemOf(await here, 'en')).toMatchObject({ status: 503, code: 'not-in-time' });
  expect(await eventsIn(store)).toHaveLength(3);
});

test('what waits for its turn is told when its time is over, not when its turn comes, and is not begun then', async () => {
  const store = new MemoryEventStore();
  const { place, drop } = openDesk(store, { sendsWithin: 50 });
  await place();
  const [append, read] = [store.append.bind(store), store.read.bind(store)];
  let letGo!: () => void;
  const held = new Promise<void>(resolve => (letGo = resolve));
  store.append = async (...asked) => {
    store.append = append;
    await held;
    return append(...asked);
  };
  const told = jest.fn();
  const first = drop(10, { key: key(906) }).catch(told);
  await expect(drop(10, { key: key(906) })).rejects.toBeInstanceOf(AppendTooLate);
  // Its append is with the log, which alone can tell.
  expect(told).not.toHaveBeenCalled();
  const asked = jest.fn();
  store.read = (...what) => {
    asked();
    return read(...what);
  };
  // Its own time began a moment earlier or in the same millisecond: now it is over as well.
  await new Promise(resolve => setTimeout(resolve, 20));
  letGo();
  await first;
  expect(told).toHaveBeenCalledWith(expect.any(AppendTooLate));
  await new Promise(resolve => setTimeout(resolve, 20));
  expect(asked).not.toHaveBeenCalled();
  store.read = read;
  expect(await eventsIn(store)).toHaveLength(1);
});

test('64 different commands on one stream are all carried out, one after the other', async () => {
  const { place, drop, store } = openDesk();
  await place();
  await Promise.all(Array.from({ length: 64 }, () => drop(1)));
  expect(await eventsIn(store)).toHaveLength(65);
});

test('rivals for what is left are refused by the rule, not by the conflict', async () => {
  const { place, drop } = openDesk();
  await place();
  const outcomes = await Promise.allSettled(Array.from({ length: 64 }, () => drop(60)));
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  for (const outcome of outcomes) {
    if (outcome.status === 'rejected') expect((outcome.reason as Refusal).code).toBe('jar-full');
  }
});

test('what was asked before leaves no record', async () => {
  const { place, store } = openDesk();
  await place();
  expect(await place()).toMatchObject({ streams: [], facts: [] });
  expect(await eventsIn(store)).toHaveLength(1);
});

test('a dry run says what would happen and writes nothing', async () => {
  const { place, drop, store } = openDesk();
  await place();
  expect(await drop(5, { dryRun: true })).toMatchObject({
    dryRun: true,
    facts: [{ type: 'CoinDropped', stream: `jar-${jarId}` }],
  });
  await expect(drop(500, { dryRun: true })).rejects.toMatchObject({ code: 'jar-full' });
  expect(await eventsIn(store)).toHaveLength(1);
});

test('an act on what does not exist, or out of scope, is not found; without the role it is not permitted', async () => {
  await expect(openDesk().drop(1)).rejects.toBeInstanceOf(NotFound);
  await expect(openDesk(undefined, { permitted: false }).place()).rejects.toBeInstanceOf(NotFound);
  await expect(openDesk(undefined, { role: false }).place()).rejects.toBeInstanceOf(NotPermitted);
});

test('a place of a moment ago is heard of before it is refused', async () => {
  expect(await openDesk(undefined, { permitted: false, hearsLater: true }).place()).toMatchObject({ facts: ['JarPlaced'] });
  await expect(openDesk(undefined, { permitted: false, caughtUp: false }).place()).rejects.toBeInstanceOf(NotYet);
});

test('If-Match is the revision that was seen; afterwards the answer says what changed since', async () => {
  const { place, drop } = openDesk();
  await place();
  await drop(1, { ifMatch: 0 });
  await expect(drop(1, { ifMatch: 0 })).rejects.toMatchObject({ expected: 0, actual: 1, since: [{ type: 'CoinDropped' }] });
  await expect(drop(1, { ifMatch: 0 })).rejects.toBeInstanceOf(RevisionStale);
});

test('a stream that was only read is checked: what another process wrote there counts', async () => {
  const store = new MemoryEventStore();
  const here = openDesk(store);
  const there = openDesk(store);
  await here.place();
  await here.place(undefined, besideId);
  await here.drop(1, undefined, '', besideId);
  const beside = (amount: number) =>
    there.desk.carryOut(
      dropping,
      sentWith(ask(DropCoin, { jarId: besideId, amount, note: '', besideId: undefined }), envelope()),
    );
  await beside(99);
  await expect(here.drop(1, undefined, '', besideId)).rejects.toMatchObject({ code: 'jar-full' });
});

test('a refusal is never founded on a remembered stream that has moved on', async () => {
  const store = new MemoryEventStore();
  const here = openDesk(store);
  await expect(here.drop(1)).rejects.toBeInstanceOf(NotFound);
  await openDesk(store).place();
  expect(await here.drop(1)).toMatchObject({ facts: ['CoinDropped'] });
});

test('an answer that was lost is found again', async () => {
  const store = new MemoryEventStore();
  const append = store.append.bind(store);
  let lose = true;
  store.append = async (what: Append) => {
    const appended = await append(what);
    if (lose && what.writes[0]!.events[0]!.type === 'CoinDropped') {
      lose = false;
      throw new AppendUnknown('the connection was lost');
    }
    return appended;
  };
  const { place, drop } = openDesk(store);
  await place();
  expect(await drop(5)).toMatchObject({ facts: ['CoinDropped'], streams: [{ revision: 1 }] });
  expect(await eventsIn(store)).toHaveLength(2);
});

test('what was written although its answer was lost is not refused for what happened elsewhere meanwhile', async () => {
  const store = new MemoryEventStore();
  const { desk, place, drop } = openDesk(store);
  const beside = (amount: number, at: CommandDesk) =>
    at.carryOut(dropping, sentWith(ask(DropCoin, { jarId: besideId, amount, note: '', besideId: undefined }), envelope()));
  await place();
  await place(undefined, besideId);
  const append = store.append.bind(store);
  store.append = async (what: Append) => {
    store.append = append;
    await append(what);
    await beside(50, openDesk(store).desk);
    await beside(1, desk);
    throw new AppendUnknown('the connection was lost');
  };
  expect(await drop(60, undefined, '', besideId)).toMatchObject({ facts: ['CoinDropped'], streams: [{ revision: 1 }] });
});

test('whoever cannot look up whether it was written does not say that nothing was', async () => {
  const store = new MemoryEventStore();
  const { place, drop } = openDesk(store);
  await place();
  const refused = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
  const [append, read] = [store.append.bind(store), store.read.bind(store)];
  store.append = async (what: Append) => {
    await append(what);
    store.append = () => Promise.reject(refused);
    store.read = () => Promise.reject(refused);
    throw new AppendUnknown('the connection was lost');
  };
  const failed = await drop(5, { key: key(900) }).catch((error: unknown) => error);
  expect(failed).toBeInstanceOf(AppendUnknown);
  expect(problemOf(failed, 'en')).toMatchObject({
    status: 503,
    code: 'outcome-unknown',
    detail: 'It is not known whether it was written; send it again with the same Idempotency-Key',
  });
  [store.append, store.read] = [append, read];
  expect(await drop(5, { key: key(900) })).toMatchObject({ facts: ['CoinDropped'], streams: [{ revision: 1 }] });
  expect(await eventsIn(store)).toHaveLength(2);
});

test('a command counts from an earlier day only with a reason, at most thirty days back, and never ahead', async () => {
  const { place, drop } = openDesk();
  await place();
  expect(await drop(1, { effectiveOn: '2026-02-01', reasonCode: 'late-entry' })).toMatchObject({ facts: ['CoinDropped'] });
  for (const [more, code] of [
    [{ effectiveOn: '2026-02-20' }, 'effective-on-without-reason'],
    [{ effectiveOn: '2026-01-01', reasonCode: 'late-entry' }, 'effective-on-too-early'],
    [{ effectiveOn: '2026-03-03', reasonCode: 'late-entry' }, 'effective-on-ahead'],
  ] as const) {
    const refused = drop(1, more);
    await expect(refused).rejects.toBeInstanceOf(InvalidCommand);
    await expect(refused).rejects.toMatchObject({ code });
  }
});
