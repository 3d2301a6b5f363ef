import {
  DivisionAbolished,
  DivisionDefined,
  DivisionMergedInto,
  DivisionRecoded,
  DivisionRenamed,
  DivisionReparented,
  DivisionSplit,
} from './division/division.events.js';
import { jilinDivisions } from './division/data/jilin.js';
import { divisionIdOf } from './division/division.js';
import { ScopeTree, type TreeRow } from './scope-tree.js';

const id = divisionIdOf;
const on = '2026-03-02';
const { divisions } = jilinDivisions();
const rows: TreeRow[] = divisions.map(({ code, name, parentCode }) => ({
  divisionId: id(code),
  code,
  name,
  parentId: parentCode === null ? null : id(parentCode),
  successorIds: [],
}));

const [province, yanji, beishan, xinxing, jinxue, danying, changchun] = [
  '22',
  '222401',
  '222401002',
  '222401003',
  '222401004',
  '222401002001',
  '2201',
].map(id) as [string, string, string, string, string, string, string];
const inXinxing = id('222401003001');

function jilin(): ScopeTree {
  const tree = new ScopeTree();
  tree.load(rows);
  return tree;
}

describe('who is above whom', () => {
  const tree = jilin();
  test('a division covers itself and everything below it', () => {
    for (const above of [province, yanji, beishan, danying]) expect(tree.covers(above, danying)).toBe(true);
  });
  test('it covers nothing above or beside it', () => {
    expect(tree.covers(danying, beishan)).toBe(false);
    expect(tree.covers(xinxing, danying)).toBe(false);
    expect(tree.covers(changchun, danying)).toBe(false);
  });
  test('what nobody defined covers nothing and lies nowhere, not even in itself', () => {
    const unknown = id('99');
    expect([tree.covers(unknown, unknown), tree.covers(province, unknown), tree.covers(unknown, danying)]).toEqual([
      false,
      false,
      false,
    ]);
    expect(tree.idsUnder(unknown)).toEqual([]);
  });
  test('the province is the root', () => {
    expect(tree.rootId).toBe(province);
    expect([tree.isRoot(province), tree.isRoot(changchun)]).toEqual([true, false]);
    expect(new ScopeTree().rootId).toBeUndefined();
    expect(new ScopeTree().isRoot(province)).toBe(false);
  });
  test('the ids under a division are those that it covers', () => {
    expect(tree.idsUnder(province)).toHaveLength(divisions.length);
    const codes = divisions.filter(({ code }) => code.startsWith('222401')).map(({ code }) => id(code));
    expect([...tree.idsUnder(yanji)].sort()).toEqual(codes.sort());
  });
});

describe('facts change the tree', () => {
  test('facts in order make the same tree as stored rows, in whatever order these come', () => {
    const told = new ScopeTree();
    for (const { code, name, parentCode, level, kind } of divisions) {
      const parentId = parentCode === null ? undefined : id(parentCode);
      told.apply(new DivisionDefined({ divisionId: id(code), code, name, level, kind, parentId, centreRequired: false }));
    }
    const backwards = new ScopeTree();
    backwards.load([...rows].reverse());
    for (const tree of [told, backwards]) {
      expect(tree.rootId).toBe(province);
      expect([...tree.idsUnder(yanji)].sort()).toEqual([...jilin().idsUnder(yanji)].sort());
    }
  });
  test('a division that goes elsewhere takes everything below it along', () => {
    const tree = jilin();
    tree.idsUnder(changchun);
    tree.apply(new DivisionReparented({ divisionId: yanji, parentId: changchun }));
    expect(tree.covers(changchun, danying)).toBe(true);
    expect(tree.covers(id('2224'), danying)).toBe(false);
    expect(tree.idsUnder(changchun)).toContain(danying);
  });
  test('a division is known by its present name and code', () => {
    const tree = jilin();
    tree.apply(new DivisionRenamed({ divisionId: beishan, name: '北山镇' }));
    tree.apply(new DivisionRecoded({ divisionId: beishan, code: '222401102' }));
    expect(tree.nameOf(beishan)).toMatchObject({ code: '222401102', name: '北山镇' });
    expect(tree.nameOf(id('99'))).toBeUndefined();
  });
  test('a child of nobody yet known waits for its parent', () => {
    const tree = new ScopeTree();
    tree.load(rows.filter(({ divisionId }) => divisionId === danying));
    expect(tree.covers(beishan, danying)).toBe(false);
    tree.load(rows);
    expect(tree.covers(beishan, danying)).toBe(true);
  });
  test('stored rows do not undo what was heard before they came, and rows that hold no more are passed over', () => {
    const tree = new ScopeTree();
    tree.apply(new DivisionMergedInto({ divisionId: xinxing, successorId: beishan, on }));
    const stale = { ...rows.find(({ divisionId }) => divisionId === jinxue)!, parentId: changchun };
    tree.load([...rows, { ...stale, recordedUntil: '17' }, { ...stale, effectiveUntil: on }]);
    expect(tree.covers(beishan, xinxing)).toBe(true);
    expect(tree.covers(changchun, jinxue)).toBe(false);
  });
});

describe('a division that ended counts as its successor', () => {
  function merged() {
    const tree = jilin();
    tree.apply(new DivisionReparented({ divisionId: inXinxing, parentId: beishan }));
    tree.apply(new DivisionMergedInto({ divisionId: xinxing, successorId: beishan, on }));
    return tree;
  }
  test('what lay in the merged street lies in the one that took it in', () => {
    const tree = merged();
    expect(tree.covers(beishan, xinxing)).toBe(true);
    expect(tree.covers(yanji, xinxing)).toBe(true);
    expect(tree.idsUnder(beishan)).toEqual(expect.arrayContaining([xinxing, inXinxing, danying]));
  });
  test('who was over the merged street is over the one that took it in', () => {
    const tree = merged();
    expect(tree.covers(xinxing, beishan)).toBe(true);
    expect(tree.covers(xinxing, danying)).toBe(true);
    expect(tree.idsUnder(xinxing)).toEqual(expect.arrayContaining([beishan, danying]));
    expect(tree.covers(xinxing, jinxue)).toBe(false);
  });
  test('a chain of mergers leads to its end', () => {
    const tree = merged();
    tree.apply(new DivisionMergedInto({ divisionId: beishan, successorId: jinxue, on }));
    expect(tree.covers(jinxue, xinxing)).toBe(true);
    expect(tree.covers(xinxing, jinxue)).toBe(true);
  });
  test('what ended earlier below a merged street went with it', () => {
    const tree = jilin();
    tree.apply(new DivisionAbolished({ divisionId: inXinxing, on }));
    tree.apply(new DivisionMergedInto({ divisionId: xinxing, successorId: beishan, on }));
    expect(tree.covers(beishan, inXinxing)).toBe(true);
  });
  test('what was split lies only where all its parts lie, and who was over it is over all of them', () => {
    const tree = jilin();
    tree.apply(new DivisionSplit({ divisionId: xinxing, successorIds: [beishan, jinxue], on }));
    expect([tree.covers(beishan, xinxing), tree.covers(jinxue, xinxing)]).toEqual([false, false]);
    expect([tree.covers(yanji, xinxing), tree.covers(xinxing, xinxing)]).toEqual([true, true]);
    expect([tree.covers(xinxing, beishan), tree.covers(xinxing, danying), tree.covers(xinxing, jinxue)]).toEqual([
      true,
      true,
      true,
    ]);
    expect(tree.idsUnder(beishan)).not.toContain(xinxing);
    expect(tree.idsUnder(yanji)).toContain(xinxing);
  });
  test('what ended without a successor stays where it lay', () => {
    const tree = jilin();
    tree.apply(new DivisionAbolished({ divisionId: danying, on }));
    expect(tree.covers(beishan, danying)).toBe(true);
    expect(tree.covers(danying, beishan)).toBe(false);
  });
});

describe('answers come at once', () => {
  test('the ids under a division are counted once, until the tree changes', () => {
    const tree = jilin();
    expect(tree.idsUnder(yanji)).toBe(tree.idsUnder(yanji));
    tree.apply(new DivisionRenamed({ divisionId: yanji, name: '延吉' }));
    const before = tree.idsUnder(yanji);
    tree.apply(new DivisionReparented({ divisionId: yanji, parentId: changchun }));
    expect(tree.idsUnder(yanji)).not.toBe(before);
  });
  test('a question takes far less than a hundredth of a millisecond', () => {
    const tree = jilin();
    const pairs = rows.map(({ divisionId }) => divisionId);
    const ask = () => pairs.reduce((covered, divisionId) => covered + Number(tree.covers(province, divisionId)), 0);
    for (let nth = 0; nth < 5; nth += 1) ask();
    const start = performance.now();
    expect(ask()).toBe(pairs.length);
    expect((performance.now() - start) / pairs.length).toBeLessThan(0.01);
  });
});
