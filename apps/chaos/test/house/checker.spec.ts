import 'reflect-metadata';
import { randomBytes } from 'node:crypto';
import pino from 'pino';
import { bringDivisions } from '@lib/house/first-day.js';
import { projectorOn } from '@lib/house/followers.js';
import { openFoundation, type Foundation } from '@lib/house/foundation.js';
import { commandIdOf, type Receipt } from '@lib/platform/cqrs/command-desk.js';
import type { RecordedEvent } from '@lib/platform/event-store/event-store.js';
import { MasterKey } from '@lib/platform/privacy/master-key.js';
import { createTestDatabase, hasPostgres } from '@lib/platform/testing/test-database.js';
import { pilotAccountId } from '@lib/house/pilot-accounts.js';
import type { RememberedDeed } from '../../src/house/deeds.js';
import { checkLog, Witness } from '../../src/house/log-check.js';
import { checkCheckpoints, checkViews } from '../../src/house/views-check.js';
import { Violations } from '../../src/violations.js';

const nowhere = { write: () => undefined } as never;
const [centerId, otherId, divisionId] = ['1', '2', '3'].map(nth => `00000000-0000-4000-8000-00000000000${nth}`) as [
  string,
  string,
  string,
];
const key = '00000000-0000-4000-9000-000000000001';
const commandId = commandIdOf({ id: pilotAccountId('registrar') }, 'EstablishServiceCenter', `serviceCenter-${centerId}`, key);

const fact = (
  position: number,
  stream: string,
  revision: number,
  type: string,
  data: object,
  command: string,
): RecordedEvent => ({
  position: String(position),
  stream,
  revision,
  type,
  id: `event ${stream} ${revision}`,
  recordedAt: '2026-03-02T02:00:00.000Z',
  metadata: { commandId: command, index: '0', count: '1' },
  data: data as never,
});

const established = fact(
  1,
  `serviceCenter-${centerId}`,
  0,
  'ServiceCenterEstablished',
  { centerId, divisionId, name: '甲' },
  commandId,
);
const rename = (nth: number) =>
  fact(nth + 1, established.stream, nth, 'ServiceCenterRenamed', { centerId, name: `${nth}` }, `c${nth}`);
const whole = [established, rename(1), rename(2)];

const receipt: Receipt = {
  commandId,
  position: '1',
  streams: [{ stream: established.stream, revision: 0 }],
  facts: ['ServiceCenterEstablished'],
};
const deed: RememberedDeed = {
  command: 'EstablishServiceCenter',
  account: 'registrar',
  fields: { centerId, divisionId, name: '甲' },
  keys: new Set([key]),
  receipts: [receipt],
  odd: [],
  outcome: 'ok',
};

async function found(events: readonly RecordedEvent[], deeds: readonly RememberedDeed[] = [deed], witness?: Witness) {
  const violations = new Violations(nowhere);
  await checkLog(events, deeds, violations, witness);
  return violations.examples.map(example => example.slice(0, example.indexOf(':')));
}

const witnessOf = (events: readonly RecordedEvent[]) => {
  const witness = new Witness();
  for (const event of events) witness.see(event);
  return witness;
};

test('a log that is as it was written is found so', async () => expect(await found(whole, [deed], witnessOf(whole))).toEqual([]));

test.each<[string, readonly RecordedEvent[], readonly RememberedDeed[]]>([
  [
    'I1 an acknowledged event is missing',
    whole.map(event => ({ ...event, metadata: { ...event.metadata, commandId: 'x' + event.position } })),
    [deed],
  ],
  ['I1 an acknowledged event is not what was acknowledged', whole, [{ ...deed, receipts: [{ ...receipt, position: '2' }] }]],
  ['I1 an event was changed', [{ ...established, data: { ...established.data, name: '乙' } }, ...whole.slice(1)], [deed]],
  ['I2 a command was carried out twice', [established, rename(1), { ...rename(2), metadata: established.metadata }], []],
  ['I2 another receipt for the same command', whole, [{ ...deed, receipts: [receipt, { ...receipt, position: '2' }] }]],
  ['a command was written that was said not to be', whole, [{ ...deed, receipts: [], outcome: 'fail' }]],
  ['a wrong answer', whole, [{ ...deed, odd: ['200 for the same key with another body'] }]],
  ['I3 a stream is not dense', [established, { ...rename(2), position: '2' }], []],
  ['I4 positions do not rise one by one', [established, { ...rename(1), position: '3' }], []],
  [
    'I5 a stream and the log disagree in order',
    [established, { ...rename(2), position: '2' }, { ...rename(1), position: '3' }],
    [],
  ],
  [
    'I8 one thing has two holders',
    [established, fact(2, `serviceCenter-${otherId}`, 0, 'ServiceCenterEstablished', { centerId: otherId, divisionId }, 'c')],
    [],
  ],
  ['an append is torn', [{ ...established, metadata: { ...established.metadata, count: '2' } }, rename(1), rename(2)], []],
])('%s', async (violation, events, deeds) => expect(await found(events, deeds)).toContain(violation));

test('what was seen once must stay, unchanged, though nobody was told of it', async () => {
  const changed = [established, rename(1), { ...rename(2), data: { centerId, name: 'z' } }];
  expect(await found(changed, [], witnessOf(whole))).toEqual(['I1 an event was changed']);
  expect(await found(whole.slice(0, 2), [], witnessOf(whole))).toEqual(['I1 an event that was seen is missing']);
});

(hasPostgres ? describe : describe.skip)('what is shown', () => {
  let foundation: Foundation;
  const drops: (() => Promise<void>)[] = [];
  const province = {
    asOf: '2023-10-01',
    source: 'spec',
    divisions: [{ code: '22', name: '吉林省', parentCode: null, level: 'PROVINCE', kind: 'PROVINCE' } as const],
  };

  beforeAll(async () => {
    const [log, keys] = await Promise.all([createTestDatabase(), createTestDatabase()]);
    drops.push(log.drop, keys.drop);
    const masterKey = new MasterKey(randomBytes(32));
    foundation = await openFoundation({ databases: { log: log.url, keys: keys.url }, masterKey, log: pino({ level: 'silent' }) });
    await bringDivisions(foundation.store, () => undefined, { ...province, divisions: [...province.divisions] });
    const projector = projectorOn(foundation);
    await projector.start();
    expect(await projector.caughtUpTo(await foundation.store.head(), 20_000)).toBe(true);
    await projector.stop();
  });
  afterAll(async () => {
    await foundation?.close();
    for (const drop of drops) await drop();
  });

  const table = async () => {
    const { rows } = await foundation.pool.query<{ name: string }>(
      `select table_name as name from read.projection where name = 'division' and stage = 'serving'`,
    );
    return `read.${rows[0]!.name}`;
  };
  const wrong = async () => {
    const violations = new Violations(nowhere);
    await checkViews(foundation, violations);
    await checkCheckpoints(foundation.pool, violations);
    return violations.examples.map(example => example.slice(0, example.indexOf(' ')));
  };

  test('is what the log says', async () => expect(await wrong()).toEqual([]));

  test('I6 and I7: a row that nobody wrote, one that is too new, and a checkpoint ahead are found', async () => {
    await foundation.pool.query(`update ${await table()} set name = '别处'`);
    expect(await wrong()).toEqual(['I6']);
    await foundation.pool.query(`update ${await table()} set recorded_from = 1000`);
    expect(await wrong()).toEqual(['I6', 'I7']);
    await foundation.pool.query(`update ${await table()} set recorded_from = 1`);
    await foundation.pool.query(`update read.projection set position = 1000 where name = 'account'`);
    expect(await wrong()).toEqual(expect.arrayContaining(['I7']));
  });
});
