import { after, given, today } from '@lib/platform/testing/given.js';
import { codeIdOf, DivisionCodeTaken } from './division-code.events.js';
import {
  abolishDivision,
  classifyDivision,
  defineDivision,
  mergeDivisions,
  recodeDivision,
  recordPopulation,
  renameDivision,
  reparentDivision,
  splitDivision,
} from './division.commands.js';
import {
  DivisionAbolished,
  DivisionAbsorbed,
  DivisionChildJoined,
  DivisionChildLeft,
  DivisionClassified,
  DivisionDefined,
  DivisionMergedInto,
  DivisionPopulationRecorded,
  DivisionRecoded,
  DivisionRenamed,
  DivisionReparented,
  DivisionSplit,
  type DivisionKind,
} from './division.events.js';
import { division, divisionCode, isCodeOf, levelOfKind, type Division } from './division.js';

const uuid = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
const [province, changchun, siping, yanbian, gongzhuling, yanji, beishan, xinxing, danying, fresh, other] = Array.from(
  { length: 11 },
  (_, n) => uuid(n + 1),
) as [string, string, string, string, string, string, string, string, string, string, string];

type Fact = Parameters<typeof after>[1];
const place = (divisionId: string, code: string, name: string, kind: DivisionKind, parentId?: string, centreRequired = false) =>
  new DivisionDefined({ divisionId, code, name, level: levelOfKind[kind], kind, parentId, centreRequired });
const joined = (divisionId: string, childId: string) => new DivisionChildJoined({ divisionId, childId });
const left = (divisionId: string, childId: string) => new DivisionChildLeft({ divisionId, childId });
const taken = (code: string, divisionId: string) => new DivisionCodeTaken({ codeId: codeIdOf(code), code, divisionId });
const of = (...facts: Fact[]): Division => after(division, ...facts);

const defined = {
  province: place(province, '22', '吉林省', 'PROVINCE'),
  changchun: place(changchun, '2201', '长春市', 'PREFECTURE', province),
  siping: place(siping, '2203', '四平市', 'PREFECTURE', province),
  gongzhuling: place(gongzhuling, '220381', '公主岭市', 'COUNTY', siping),
  yanji: place(yanji, '222401', '延吉市', 'COUNTY', yanbian),
  beishan: place(beishan, '222401002', '北山街道', 'SUBDISTRICT', yanji, true),
  xinxing: place(xinxing, '222401003', '新兴街道', 'SUBDISTRICT', yanji, true),
  danying: place(danying, '222401002001', '丹英社区', 'COMMUNITY', beishan),
};
const ended = new DivisionAbolished({ divisionId: beishan, on: today });
const unknown = division.initial;
const free = divisionCode.initial;
const heldBy = (divisionId: string, code: string) => after(divisionCode, taken(code, divisionId));

describe('defining a division', () => {
  const define = { divisionId: danying, code: '222401002001', name: '丹英社区', kind: 'COMMUNITY' as const, parentId: beishan };
  const states = { division: unknown, parent: of(defined.beishan), slot: free };

  test('it joins the roster of the one above and takes its code for ever', () =>
    given(states).when(defineDivision, define).then(defined.danying, taken('222401002001', danying), joined(beishan, danying)));
  test('a street requires a center unless something else is said, a farm does not', () => {
    const street = { divisionId: beishan, code: '222401002', name: '北山街道', parentId: yanji };
    const below = { division: unknown, parent: of(defined.yanji), slot: free };
    const rest = [taken('222401002', beishan), joined(yanji, beishan)];
    given(below)
      .when(defineDivision, { ...street, kind: 'SUBDISTRICT' as const })
      .then(defined.beishan, ...rest);
    given(below)
      .when(defineDivision, { ...street, kind: 'QUASI' as const })
      .then(place(beishan, '222401002', '北山街道', 'QUASI', yanji), ...rest);
  });
  test('the same id cannot be defined again', () =>
    given({ ...states, division: of(defined.danying) })
      .when(defineDivision, define)
      .refused('division-already-defined'));
  test('nothing is defined below what does not exist or has ended', () => {
    given({ ...states, parent: unknown })
      .when(defineDivision, define)
      .refused('parent-not-active');
    given({ ...states, parent: of(defined.beishan, ended) })
      .when(defineDivision, define)
      .refused('parent-not-active');
  });
  test('the one above is exactly one level above', () =>
    given({ ...states, parent: of(defined.yanji) })
      .when(defineDivision, define)
      .refused('parent-not-one-level-above'));
  test('the code fits the level and continues the code above', () => {
    given(states)
      .when(defineDivision, { ...define, code: '222401002' })
      .refused('code-not-of-level');
    given(states)
      .when(defineDivision, { ...define, code: '222401003001' })
      .refused('code-outside-parent');
  });
  test('a code is never reused for another place', () =>
    given({ ...states, slot: heldBy(other, '222401002001') })
      .when(defineDivision, define)
      .refused('code-already-taken'));
  test('a community has no center', () =>
    given(states)
      .when(defineDivision, { ...define, centreRequired: true })
      .refused('center-only-in-townships'));
});

describe('codes', () => {
  test.each([
    ['PROVINCE', '22'],
    ['PREFECTURE', '2224'],
    ['COUNTY', '222401'],
    ['TOWNSHIP', '222401002'],
    ['COMMUNITY', '222401002001'],
  ] as const)('a %s has a code such as %s', (level, code) => expect(isCodeOf(level, code)).toBe(true));
  test.each([
    ['PROVINCE', '00'],
    ['PREFECTURE', '22240'],
    ['COUNTY', '222400'],
    ['TOWNSHIP', '222401000'],
    ['TOWNSHIP', '2224010021'],
    ['COMMUNITY', '22240100200x'],
  ] as const)('a %s has no code such as %s', (level, code) => expect(isCodeOf(level, code)).toBe(false));
});

describe('names, codes, kinds', () => {
  test('a division gets another name', () =>
    given({ division: of(defined.beishan) })
      .when(renameDivision, { divisionId: beishan, name: '北山镇' })
      .then(new DivisionRenamed({ divisionId: beishan, name: '北山镇' })));
  test('the name that it has is nothing new', () =>
    given({ division: of(defined.beishan) })
      .when(renameDivision, { divisionId: beishan, name: '北山街道' })
      .nothing());
  test('what has ended keeps its name', () =>
    given({ division: of(defined.beishan, ended) })
      .when(renameDivision, { divisionId: beishan, name: '北山镇' })
      .refused('division-not-active'));

  test('Gongzhuling takes the code of another prefecture before it belongs there', () =>
    given({ division: of(defined.gongzhuling), slot: free })
      .when(recodeDivision, { divisionId: gongzhuling, code: '220184' })
      .then(new DivisionRecoded({ divisionId: gongzhuling, code: '220184' }), taken('220184', gongzhuling)));
  test('a place may take up its own former code', () =>
    given({
      division: of(defined.gongzhuling, new DivisionRecoded({ divisionId: gongzhuling, code: '220184' })),
      slot: heldBy(gongzhuling, '220381'),
    })
      .when(recodeDivision, { divisionId: gongzhuling, code: '220381' })
      .then(new DivisionRecoded({ divisionId: gongzhuling, code: '220381' })));
  test('the code that it has is nothing new', () =>
    given({ division: of(defined.gongzhuling), slot: heldBy(gongzhuling, '220381') })
      .when(recodeDivision, { divisionId: gongzhuling, code: '220381' })
      .nothing());
  test('another place keeps its code, also one that it has no more', () =>
    given({ division: of(defined.gongzhuling), slot: heldBy(other, '220184') })
      .when(recodeDivision, { divisionId: gongzhuling, code: '220184' })
      .refused('code-already-taken'));
  test('a county cannot have the code of a street', () =>
    given({ division: of(defined.gongzhuling), slot: free })
      .when(recodeDivision, { divisionId: gongzhuling, code: '220184001' })
      .refused('code-not-of-level'));

  test('a street becomes a town', () =>
    given({ division: of(defined.beishan) })
      .when(classifyDivision, { divisionId: beishan, kind: 'TOWN' })
      .then(new DivisionClassified({ divisionId: beishan, kind: 'TOWN', centreRequired: true })));
  test('a street that needs no center stays a street', () =>
    given({ division: of(defined.beishan) })
      .when(classifyDivision, { divisionId: beishan, kind: 'SUBDISTRICT', centreRequired: false })
      .then(new DivisionClassified({ divisionId: beishan, kind: 'SUBDISTRICT', centreRequired: false })));
  test('what it is already is nothing new', () =>
    given({ division: of(defined.beishan) })
      .when(classifyDivision, { divisionId: beishan, kind: 'SUBDISTRICT' })
      .nothing());
  test('a street does not become a county', () =>
    given({ division: of(defined.beishan) })
      .when(classifyDivision, { divisionId: beishan, kind: 'COUNTY' })
      .refused('kind-of-other-level'));
  test('a community has no center', () =>
    given({ division: of(defined.danying) })
      .when(classifyDivision, { divisionId: danying, kind: 'VILLAGE', centreRequired: true })
      .refused('center-only-in-townships'));
});

describe('where a division belongs', () => {
  const states = {
    division: of(defined.gongzhuling),
    parent: of(defined.changchun),
    formerParent: of(defined.siping, joined(siping, gongzhuling)),
  };
  test('Gongzhuling goes from Siping to Changchun, and both rosters know', () =>
    given(states)
      .when(reparentDivision, { divisionId: gongzhuling, parentId: changchun })
      .then(
        new DivisionReparented({ divisionId: gongzhuling, parentId: changchun }),
        left(siping, gongzhuling),
        joined(changchun, gongzhuling),
      ));
  test('where it belongs already is nothing new', () =>
    given({ ...states, parent: of(defined.siping) })
      .when(reparentDivision, { divisionId: gongzhuling, parentId: siping })
      .nothing());
  test('a county does not belong to a county', () =>
    given({ ...states, parent: of(defined.yanji) })
      .when(reparentDivision, { divisionId: gongzhuling, parentId: yanji })
      .refused('parent-not-one-level-above'));
  test('a province belongs to nothing', () =>
    given({ ...states, division: of(defined.province) })
      .when(reparentDivision, { divisionId: province, parentId: changchun })
      .refused('province-has-no-parent'));
});

describe('merging divisions', () => {
  const source = of(defined.xinxing, joined(xinxing, danying));
  const into = { division: of(defined.beishan), parents: new Map(), children: new Map() };
  const merge = { divisionId: beishan, sourceIds: [xinxing] };
  const merged = new DivisionMergedInto({ divisionId: xinxing, successorId: beishan, on: today });

  test('the source ends, its communities go to the target, and all rosters know', () =>
    given({ ...into, sources: new Map([[xinxing, source]]) })
      .when(mergeDivisions, merge)
      .then(
        new DivisionReparented({ divisionId: danying, parentId: beishan }),
        left(xinxing, danying),
        joined(beishan, danying),
        merged,
        new DivisionAbsorbed({ divisionId: beishan, absorbedId: xinxing, on: today }),
        left(yanji, xinxing),
      ));
  test('several go into one at once, and what is merged already is left alone', () =>
    given({
      ...into,
      sources: new Map([
        [xinxing, of(defined.xinxing, merged)],
        [other, of(place(other, '222401004', '进学街道', 'SUBDISTRICT', yanji, true))],
      ]),
    })
      .when(mergeDivisions, { divisionId: beishan, sourceIds: [xinxing, other] })
      .then(
        new DivisionMergedInto({ divisionId: other, successorId: beishan, on: today }),
        new DivisionAbsorbed({ divisionId: beishan, absorbedId: other, on: today }),
        left(yanji, other),
      ));
  test('the same merger again is nothing new', () =>
    given({ ...into, sources: new Map([[xinxing, of(defined.xinxing, merged)]]) })
      .when(mergeDivisions, merge)
      .nothing());
  test('what has ended cannot take in anything', () =>
    given({ ...into, division: of(defined.beishan, ended), sources: new Map([[xinxing, source]]) })
      .when(mergeDivisions, merge)
      .refused('division-not-active'));
  test('what has gone elsewhere, or never was, cannot be merged', () => {
    given({ ...into, sources: new Map([[xinxing, of(defined.xinxing, ended)]]) })
      .when(mergeDivisions, merge)
      .refused('source-not-active');
    given({ ...into, sources: new Map([[xinxing, unknown]]) })
      .when(mergeDivisions, merge)
      .refused('source-not-active');
  });
  test('only divisions of one level are merged', () =>
    given({ ...into, sources: new Map([[danying, of(defined.danying)]]) })
      .when(mergeDivisions, { divisionId: beishan, sourceIds: [danying] })
      .refused('source-of-other-level'));
  test('nothing is merged into itself', () =>
    given({ ...into, sources: new Map([[beishan, of(defined.beishan)]]) })
      .when(mergeDivisions, { divisionId: beishan, sourceIds: [beishan] })
      .refused('merger-with-itself'));
});

describe('splitting a division', () => {
  const east = { divisionId: fresh, code: '222401008', name: '北山东街道', children: [danying] };
  const west = { divisionId: other, code: '222401009', name: '北山西街道', children: [] };
  const split = { divisionId: beishan, parts: [east, west] };
  const whole = of(defined.beishan, joined(beishan, danying));
  const states = {
    division: whole,
    parent: of(defined.yanji),
    partsBefore: new Map([
      [fresh, unknown],
      [other, unknown],
    ]),
    slots: new Map([
      [codeIdOf('222401008'), free],
      [codeIdOf('222401009'), free],
    ]),
    children: new Map(),
  };

  test('it ends, the new ones take its place, and each community goes to one of them', () =>
    given(states)
      .when(splitDivision, split)
      .then(
        place(fresh, '222401008', '北山东街道', 'SUBDISTRICT', yanji, true),
        taken('222401008', fresh),
        joined(yanji, fresh),
        new DivisionReparented({ divisionId: danying, parentId: fresh }),
        left(beishan, danying),
        joined(fresh, danying),
        place(other, '222401009', '北山西街道', 'SUBDISTRICT', yanji, true),
        taken('222401009', other),
        joined(yanji, other),
        new DivisionSplit({ divisionId: beishan, successorIds: [fresh, other], on: today }),
        left(yanji, beishan),
      ));
  test('the same split again is nothing new', () =>
    given({
      ...states,
      division: of(defined.beishan, new DivisionSplit({ divisionId: beishan, successorIds: [fresh, other], on: today })),
    })
      .when(splitDivision, split)
      .nothing());
  test('no community is forgotten, shared, or taken from elsewhere', () => {
    given(states)
      .when(splitDivision, { divisionId: beishan, parts: [{ ...east, children: [] }, west] })
      .refused('child-without-one-part');
    given(states)
      .when(splitDivision, { divisionId: beishan, parts: [east, { ...west, children: [danying] }] })
      .refused('child-without-one-part');
    given(states)
      .when(splitDivision, { divisionId: beishan, parts: [east, { ...west, children: [siping] }] })
      .refused('not-a-child');
  });
  test('the new ones are new, with codes of their own', () => {
    given({ ...states, partsBefore: new Map([...states.partsBefore, [other, of(defined.xinxing)]]) })
      .when(splitDivision, split)
      .refused('division-already-defined');
    given(states)
      .when(splitDivision, { divisionId: beishan, parts: [east, { ...west, code: east.code }] })
      .refused('parts-alike');
    given({ ...states, slots: new Map([...states.slots, [codeIdOf('222401009'), heldBy(beishan, '222401009')]]) })
      .when(splitDivision, split)
      .refused('code-already-taken');
  });
  test('the new ones are of the same level', () =>
    given(states)
      .when(splitDivision, { divisionId: beishan, parts: [east, { ...west, kind: 'COMMUNITY' as const }] })
      .refused('kind-of-other-level'));
  test('what has ended is not split', () =>
    given({ ...states, division: of(defined.beishan, ended) })
      .when(splitDivision, split)
      .refused('division-not-active'));
});

describe('abolishing a division', () => {
  const states = { division: of(defined.beishan), successor: of(defined.xinxing), parent: of(defined.yanji) };
  test('it ends with a successor', () =>
    given(states)
      .when(abolishDivision, { divisionId: beishan, successorId: xinxing })
      .then(new DivisionAbolished({ divisionId: beishan, successorId: xinxing, on: today }), left(yanji, beishan)));
  test('it ends without one when that is said', () =>
    given({ ...states, successor: unknown })
      .when(abolishDivision, { divisionId: beishan, withoutSuccessor: true })
      .then(ended, left(yanji, beishan)));
  test('the same end again is nothing new', () =>
    given({ ...states, division: of(defined.beishan, ended) })
      .when(abolishDivision, { divisionId: beishan, withoutSuccessor: true })
      .nothing());
  test('whether there is a successor must be said, and only one thing', () => {
    given(states).when(abolishDivision, { divisionId: beishan }).refused('successor-not-said');
    given(states)
      .when(abolishDivision, { divisionId: beishan, successorId: xinxing, withoutSuccessor: true })
      .refused('successor-not-said');
  });
  test('the successor is another one that is active', () => {
    given({ ...states, successor: unknown })
      .when(abolishDivision, { divisionId: beishan, successorId: xinxing })
      .refused('successor-not-active');
    given({ ...states, successor: states.division })
      .when(abolishDivision, { divisionId: beishan, successorId: beishan })
      .refused('successor-not-active');
  });
  test('nothing may belong to it any more', () =>
    given({ ...states, division: of(defined.beishan, joined(beishan, danying)) })
      .when(abolishDivision, { divisionId: beishan, successorId: xinxing })
      .refused('division-has-children'));
  test('what ended otherwise does not end again', () =>
    given({ ...states, division: of(defined.beishan, ended) })
      .when(abolishDivision, { divisionId: beishan, successorId: xinxing })
      .refused('division-not-active'));
  test('the province stays', () =>
    given({ ...states, division: of(defined.province) })
      .when(abolishDivision, { divisionId: province, withoutSuccessor: true })
      .refused('province-has-no-parent'));
});

describe('population', () => {
  const census = { divisionId: changchun, population: 9_066_906, countedOn: '2020-11-01', source: '第七次全国人口普查' };
  test('it is recorded with its source and the day of the count', () =>
    given({ division: of(defined.changchun) })
      .when(recordPopulation, census)
      .then(new DivisionPopulationRecorded(census)));
  test('the same count again is nothing new', () =>
    given({ division: of(defined.changchun, new DivisionPopulationRecorded(census)) })
      .when(recordPopulation, census)
      .nothing());
  test('nobody is counted ahead of time', () =>
    given({ division: of(defined.changchun) })
      .when(recordPopulation, { ...census, countedOn: '2026-03-03' })
      .refused('counted-ahead'));
});
