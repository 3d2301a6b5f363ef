import { uuidV5, namespaces } from '@lib/platform/kernel/uuid.js';
import { streamOfFact, type AnyFact } from '@lib/platform/kernel/event.js';
import { misfits } from '@lib/platform/kernel/shape.js';
import { foldOf } from '@lib/platform/testing/given.js';
import { jilinDivisions, type DivisionRecord } from './data/jilin.js';
import { codeIdOf, DivisionCodeTaken } from './division-code.events.js';
import { DivisionChildJoined, DivisionDefined, DivisionRenamed } from './division.events.js';
import { division, divisionIdOf } from './division.js';
import { importDivisions, type DivisionLog, type ImportProgress } from './import-divisions.js';

const id = divisionIdOf;

/** A log in memory that loses its process after some appends: in front of one, or right behind one. */
class MemoryLog implements DivisionLog {
  readonly streams = new Map<string, AnyFact[]>();
  readonly commandIds: string[] = [];
  reads = 0;
  private left = Infinity;
  private behind = false;

  breakAfter(appends: number, behind = false): void {
    this.left = appends;
    this.behind = behind;
  }

  async read(streams: readonly string[]) {
    this.reads += 1;
    return new Map(streams.map(stream => [stream, [...(this.streams.get(stream) ?? [])]]));
  }

  async append(facts: readonly AnyFact[], expected: ReadonlyMap<string, number>, commandId: string): Promise<void> {
    if (this.left === 0) throw new Error('killed');
    this.left -= 1;
    for (const [stream, revision] of expected) {
      if ((this.streams.get(stream)?.length ?? 0) - 1 !== revision) throw new Error(`${stream} moved on`);
    }
    for (const fact of facts) {
      const stream = streamOfFact(fact);
      if (!expected.has(stream)) throw new Error(`${stream} was written unguarded`);
      this.streams.set(stream, [...(this.streams.get(stream) ?? []), fact]);
    }
    this.commandIds.push(commandId);
    if (this.behind && this.left === 0) throw new Error('killed');
  }

  get facts(): AnyFact[] {
    return [...this.streams.values()].flat();
  }

  /** Everything that was written, stream by stream. */
  shown(): string {
    const streams = [...this.streams].sort(([a], [b]) => (a < b ? -1 : 1));
    return streams
      .map(([stream, facts]) => `${stream} ${JSON.stringify(facts.map(({ type, data }) => [type, data]))}`)
      .join('\n');
  }
}

async function whole(): Promise<MemoryLog> {
  const log = new MemoryLog();
  await importDivisions({ log });
  return log;
}

describe('the import of Jilin', () => {
  let log: MemoryLog;
  beforeAll(async () => {
    log = await whole();
  });

  test('defines every division once, with its code and its place in a roster', () => {
    const { divisions } = jilinDivisions();
    const defined = log.facts.filter(fact => fact instanceof DivisionDefined);
    expect(defined).toHaveLength(divisions.length);
    expect(log.facts.filter(fact => fact instanceof DivisionCodeTaken)).toHaveLength(divisions.length);
    expect(log.facts.filter(fact => fact instanceof DivisionChildJoined)).toHaveLength(divisions.length - 1);
    expect(log.facts.filter(({ class: { shape }, data }) => misfits(shape, data).length > 0)).toEqual([]);

    const beishan = defined.find(({ data }) => data.code === '222401002')!;
    expect(beishan.data).toMatchObject({
      divisionId: id('222401002'),
      name: '北山街道',
      level: 'TOWNSHIP',
      kind: 'SUBDISTRICT',
      parentId: id('222401'),
      centreRequired: true,
    });
    expect(beishan.data.source).toMatch(/^National Bureau of Statistics.*2023-06-30/);
    expect(log.streams.get(`divisionCode-${codeIdOf('222401002')}`)).toHaveLength(1);
  });

  test('requires a center of streets, towns and townships, and of nothing else', () => {
    const required = log.facts.filter(fact => fact instanceof DivisionDefined && fact.data.centreRequired);
    expect(required).toHaveLength(364 + 432 + 156 + 25);
  });

  test('leaves rosters by which the one above knows what belongs to it', () => {
    const province = foldOf(division, log.streams.get(`division-${id('22')}`)!);
    expect(province).toMatchObject({ stage: 'active', level: 'PROVINCE', parentId: undefined });
    expect(province.stage === 'active' && province.children).toHaveLength(9);
  });

  test('says how far it has come, and has come to its end soon', async () => {
    const said: ImportProgress[] = [];
    const start = performance.now();
    const end = await importDivisions({ log: new MemoryLog(), say: progress => said.push(progress) });
    expect(performance.now() - start).toBeLessThan(5_000);
    expect(end).toEqual({ done: 13_014, total: 13_014 });
    expect(said.at(0)).toEqual({ done: 300, total: 13_014 });
    expect(said.at(-1)).toEqual(end);
  });

  test('writes nothing and asks once when everything is there', async () => {
    const before = log.commandIds.length;
    log.reads = 0;
    expect(await importDivisions({ log })).toEqual({ done: 13_014, total: 13_014 });
    expect([log.commandIds.length, log.reads]).toEqual([before, 1]);
  });
});

describe('an import that was broken off', () => {
  let unbroken: MemoryLog;
  beforeAll(async () => {
    unbroken = await whole();
  });

  test.each([
    [0, false],
    [1, false],
    [7, true],
    [43, false],
  ])('goes on after %i batches (answer lost: %s) and ends with the same facts, each once', async (batches, answerLost) => {
    const log = new MemoryLog();
    log.breakAfter(batches, answerLost);
    await expect(importDivisions({ log })).rejects.toThrow('killed');
    expect(log.commandIds).toHaveLength(batches);
    log.breakAfter(Infinity);
    await importDivisions({ log });
    expect(log.shown() === unbroken.shown()).toBe(true);
    expect(log.commandIds).toEqual(unbroken.commandIds);
  });

  test('may be broken off again and again', async () => {
    const log = new MemoryLog();
    for (let finished = false; !finished;) {
      log.breakAfter(9);
      finished = await importDivisions({ log }).then(
        () => true,
        () => false,
      );
    }
    expect(log.shown() === unbroken.shown()).toBe(true);
  });

  test('has command ids that are the same in every installation, one for each batch', () => {
    const { commandIds } = unbroken;
    expect(new Set(commandIds).size).toBe(44);
    expect(commandIds[0]).toBe(uuidV5(namespaces.command, 'import:jilin-2023\n0'));
  });
});

describe('what is there already', () => {
  const record = (code: string, name: string, parentCode: string | null, level: DivisionRecord['level']): DivisionRecord => ({
    code,
    name,
    parentCode,
    level,
    kind: level === 'COMMUNITY' || level === 'PROVINCE' || level === 'PREFECTURE' || level === 'COUNTY' ? level : 'TOWN',
  });
  const data = {
    asOf: '2023-06-30',
    source: 'spec',
    divisions: [
      record('22', '吉林省', null, 'PROVINCE'),
      record('2224', '延边朝鲜族自治州', '22', 'PREFECTURE'),
      record('222401', '延吉市', '2224', 'COUNTY'),
    ],
  };

  test('a place that was defined by hand stays, and what belongs to it comes below it', async () => {
    const log = new MemoryLog();
    await importDivisions({ log, data: { ...data, divisions: data.divisions.slice(0, 1) } });
    const byHand = '00000000-0000-4000-8000-000000000001';
    await log.append(
      [
        new DivisionDefined({
          divisionId: byHand,
          code: '2224',
          name: '延边州',
          level: 'PREFECTURE',
          kind: 'PREFECTURE',
          parentId: id('22'),
          centreRequired: false,
        }),
        new DivisionCodeTaken({ codeId: codeIdOf('2224'), code: '2224', divisionId: byHand }),
      ],
      new Map([
        [`division-${byHand}`, -1],
        [`divisionCode-${codeIdOf('2224')}`, -1],
      ]),
      'hand',
    );
    await importDivisions({ log, data });
    expect(log.streams.has(`division-${id('2224')}`)).toBe(false);
    expect(log.streams.get(`division-${id('222401')}`)?.[0]?.data).toMatchObject({ parentId: byHand });
  });

  test('what happened to a place meanwhile is not undone', async () => {
    const log = new MemoryLog();
    await importDivisions({ log, data: { ...data, divisions: data.divisions.slice(0, 2) } });
    const stream = `division-${id('2224')}`;
    await log.append([new DivisionRenamed({ divisionId: id('2224'), name: '延边' })], new Map([[stream, 0]]), 'rename');
    await importDivisions({ log, data });
    expect(log.streams.get(stream)?.map(({ type }) => type)).toEqual([
      'DivisionDefined',
      'DivisionRenamed',
      'DivisionChildJoined',
    ]);
  });
});
