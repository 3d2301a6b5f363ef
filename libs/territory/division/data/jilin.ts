import data from './jilin-2023.json' with { type: 'json' };

export type DivisionLevel = 'PROVINCE' | 'PREFECTURE' | 'COUNTY' | 'TOWNSHIP' | 'COMMUNITY';

export type DivisionKind =
  | 'PROVINCE'
  | 'PREFECTURE'
  | 'COUNTY'
  | 'STATISTICAL_ZONE'
  | 'SUBDISTRICT'
  | 'TOWN'
  | 'TOWNSHIP'
  | 'ETHNIC_TOWNSHIP'
  | 'QUASI'
  | 'COMMUNITY'
  | 'VILLAGE';

export interface DivisionRecord {
  code: string;
  name: string;
  parentCode: string | null;
  level: DivisionLevel;
  kind: DivisionKind;
}

const levelByCodeLength: Record<number, { level: DivisionLevel; parentLength: number }> = {
  2: { level: 'PROVINCE', parentLength: 0 },
  4: { level: 'PREFECTURE', parentLength: 2 },
  6: { level: 'COUNTY', parentLength: 4 },
  9: { level: 'TOWNSHIP', parentLength: 6 },
  12: { level: 'COMMUNITY', parentLength: 9 },
};

function townshipKind(code: string, name: string): DivisionKind {
  const part = Number(code.slice(6));
  if (part < 100) return 'SUBDISTRICT';
  if (part < 200) return 'TOWN';
  if (part >= 400) return 'QUASI';
  // Only the nationality in the name tells; 朝阳乡 is none, 延和朝鲜族乡 is one.
  return name.endsWith('族乡') ? 'ETHNIC_TOWNSHIP' : 'TOWNSHIP';
}

function kindOf(level: DivisionLevel, code: string, name: string): DivisionKind {
  switch (level) {
    case 'PROVINCE':
    case 'PREFECTURE':
      return level;
    case 'COUNTY':
      return code[4] === '7' ? 'STATISTICAL_ZONE' : 'COUNTY';
    case 'TOWNSHIP':
      return townshipKind(code, name);
    case 'COMMUNITY':
      return Number(code.slice(9)) < 200 ? 'COMMUNITY' : 'VILLAGE';
  }
}

function record(code: string, name: string): DivisionRecord {
  const shape = levelByCodeLength[code.length];
  if (!shape) throw new Error(`Division code of unknown length: ${code}`);
  const parentCode = shape.parentLength === 0 ? null : code.slice(0, shape.parentLength);
  return { code, name, parentCode, level: shape.level, kind: kindOf(shape.level, code, name) };
}

/** Parents stand before their children. */
export function jilinDivisions(): { asOf: string; source: string; divisions: DivisionRecord[] } {
  const divisions: DivisionRecord[] = [];
  for (const [code = '', name = '', communities] of data.divisions) {
    divisions.push(record(code, name));
    for (const community of communities?.split(' ') ?? []) {
      divisions.push(record(code + community.slice(0, 3), community.slice(3)));
    }
  }
  return { asOf: data.asOf, source: data.source, divisions };
}
