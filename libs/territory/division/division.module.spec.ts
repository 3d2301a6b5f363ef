import { everywhere, type Gatekeeper, type Principal, type Within } from '@lib/platform/kernel/access.js';
import { revive, streamOfFact, type AnyFact } from '@lib/platform/kernel/event.js';
import { namespaces, uuidV5 } from '@lib/platform/kernel/uuid.js';
import { ask, sentWith } from '@lib/platform/cqrs/envelope.js';
import { checked } from '@lib/platform/cqrs/checked.js';
import { CommandDesk } from '@lib/platform/cqrs/command-desk.js';
import { appendOf } from '@lib/platform/event-store/event-store.js';
import { StreamFolds } from '@lib/platform/cqrs/stream-folds.js';
import { MemoryEventStore } from '@lib/platform/event-store/memory/memory-event-store.js';
import { circumstances, foldOf } from '@lib/platform/testing/given.js';
import { codeIdOf, DivisionCodeTaken } from './division-code.events.js';
import {
  AbolishDivision,
  ClassifyDivision,
  DefineDivision,
  MergeDivisions,
  RecodeDivision,
  RecordPopulation,
  RenameDivision,
  ReparentDivision,
  SplitDivision,
} from './division.commands.js';
import { DivisionDefined } from './division.events.js';
import { division, type Division } from './division.js';
import { DivisionModule } from './division.module.js';

const uuid = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
const [province, siping, changchun, gongzhuling, north, south, danying, beishan, east, west] = Array.from(
  { length: 10 },
  (_, n) => uuid(n + 1),
) as [string, string, string, string, string, string, string, string, string, string];

const authority: Principal = { id: 'authority', name: '省级主管' };
const asked: Within[] = [];
const gatekeeper: Gatekeeper = {
  holdsAny: (_, by) => by.every(({ role }) => role === 'oversight'),
  permit(_, __, within) {
    asked.push(within);
    return { role: 'oversight', unit: province };
  },
  reach: () => ({ all: true, divisionIds: [], centerIds: [], stationIds: [] }),
  under: () => undefined,
  sight: () => ({ name: 'none', phone: 'none', idNumber: 'none', address: 'none', notes: 'none' }),
};

const store = new MemoryEventStore();
const unasked = () => Promise.reject(new Error('no look-up is needed'));
const desk = new CommandDesk({
  store,
  folds: new StreamFolds(store),
  gatekeeper,
  gatekeeperCaughtUp: async () => true,
  lookUps: { personKey: unasked, certificateKey: unasked },
  seal: async facts => facts.map(({ data }) => data),
  clock: () => Date.parse(circumstances.now),
});

let sent = 0;
const send = (command: object) => {
  const row = DivisionModule.commands.find(({ command: known }) => command instanceof known)!;
  sent += 1;
  return desk.carryOut(row, sentWith(checked(row.command, { ...command }), { principal: authority, key: uuid(1_000 + sent) }));
};
const stateOf = async (divisionId: string): Promise<Division> => {
  const events = (await store.read([`division-${divisionId}`])).get(`division-${divisionId}`) ?? [];
  return foldOf(
    division,
    events.map(({ type, metadata, data }) => revive(type, Number(metadata.version), data)),
  );
};
const define = (divisionId: string, parentId: string, code: string, name: string, kind: DefineDivision['kind']) =>
  send(ask(DefineDivision, { divisionId, parentId, code, name, kind }));

beforeAll(async () => {
  const facts: AnyFact[] = [
    new DivisionDefined({
      divisionId: province,
      code: '22',
      name: '吉林省',
      level: 'PROVINCE',
      kind: 'PROVINCE',
      centreRequired: false,
    }),
    new DivisionCodeTaken({ codeId: codeIdOf('22'), code: '22', divisionId: province }),
  ];
  const writes = facts.map(fact => ({
    stream: streamOfFact(fact),
    expected: -1,
    events: [{ id: uuidV5(namespaces.event, fact.type), type: fact.type, metadata: { version: '1' }, data: fact.data }],
  }));
  await store.append(appendOf(writes, []));
});

test('the life of a place, each step in one append', async () => {
  await define(siping, province, '2203', '四平市', 'PREFECTURE');
  await define(changchun, province, '2201', '长春市', 'PREFECTURE');
  await define(gongzhuling, siping, '220381', '公主岭市', 'COUNTY');
  await define(north, gongzhuling, '220381001', '河北街道', 'SUBDISTRICT');
  await define(south, gongzhuling, '220381002', '河南街道', 'SUBDISTRICT');
  await define(danying, north, '220381001001', '丹英社区', 'COMMUNITY');
  await define(beishan, south, '220381002001', '北山社区', 'COMMUNITY');

  await send(ask(RecodeDivision, { divisionId: gongzhuling, code: '220184' }));
  await send(ask(ReparentDivision, { divisionId: gongzhuling, parentId: changchun }));
  expect(await stateOf(siping)).toMatchObject({ children: [] });
  expect(await stateOf(changchun)).toMatchObject({ children: [gongzhuling] });

  await send(ask(MergeDivisions, { divisionId: north, sourceIds: [south] }));
  expect(await stateOf(north)).toMatchObject({ children: [danying, beishan] });
  expect(await stateOf(south)).toMatchObject({ stage: 'ended', successorIds: [north], children: [] });
  expect(await stateOf(gongzhuling)).toMatchObject({ children: [north] });
  expect(await stateOf(beishan)).toMatchObject({ parentId: north });

  await send(
    ask(SplitDivision, {
      divisionId: north,
      parts: [
        { divisionId: east, code: '220184011', name: '东街道', children: [danying] },
        { divisionId: west, code: '220184012', name: '西街道', children: [beishan] },
      ],
    }),
  );
  expect(await stateOf(north)).toMatchObject({ stage: 'ended', successorIds: [east, west] });
  expect(await stateOf(east)).toMatchObject({ stage: 'active', kind: 'SUBDISTRICT', centreRequired: true, children: [danying] });
  expect(await stateOf(gongzhuling)).toMatchObject({ children: [east, west] });

  await send(ask(RenameDivision, { divisionId: west, name: '西镇' }));
  await send(ask(ClassifyDivision, { divisionId: west, kind: 'TOWN' }));
  await send(
    ask(RecordPopulation, { divisionId: west, population: 31_000, countedOn: '2020-11-01', source: '第七次全国人口普查' }),
  );
  await send(ask(AbolishDivision, { divisionId: beishan, withoutSuccessor: true }));
  await send(ask(AbolishDivision, { divisionId: west, successorId: east }));
  expect(await stateOf(west)).toMatchObject({ stage: 'ended', name: '西镇', kind: 'TOWN', successorIds: [east] });
  expect(await stateOf(gongzhuling)).toMatchObject({ children: [east] });
});

test('every change of the tree is decided at province level', () => expect(new Set(asked)).toEqual(new Set([everywhere])));

test.each([
  ['a province', { divisionId: uuid(99), parentId: province, code: '2299', name: '某省', kind: 'PROVINCE' }],
  ['a code that is no number', { divisionId: uuid(99), parentId: province, code: '22x1', name: '某市', kind: 'PREFECTURE' }],
  ['a division that belongs to nothing', { divisionId: uuid(99), code: '2299', name: '某市', kind: 'PREFECTURE' }],
])('%s cannot be defined', (_, body) => expect(() => checked(DefineDivision, body)).toThrow('validation-failed'));
