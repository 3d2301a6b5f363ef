import type { Aggregate } from '@lib/platform/kernel/aggregate.js';
import { namespaces, uuidV5 } from '@lib/platform/kernel/uuid.js';
import type { DivisionCodeFact } from './division-code.events.js';
import { divisionLevels, type DivisionFact, type DivisionKind, type DivisionLevel } from './division.events.js';

/**
 * The id of an imported division: the same in every installation, and kept when the division gets another code.
 * @param code as of the date of the data, not of today
 */
export const divisionIdOf = (code: string): string => uuidV5(namespaces.division, code);

export interface Population {
  readonly population: number;
  readonly countedOn: string;
  readonly source: string;
}

interface Defined {
  readonly level: DivisionLevel;
  readonly kind: DivisionKind;
  readonly code: string;
  readonly name: string;
  /** Absent for the province. */
  readonly parentId?: string | undefined;
  readonly centreRequired: boolean;
  /** The divisions that belong to it and that have not ended. */
  readonly children: readonly string[];
  /** As it was recorded last. */
  readonly population?: Population;
}

export type ActiveDivision = { readonly stage: 'active' } & Defined;
export type Division =
  | { readonly stage: 'undefined' }
  | ActiveDivision
  | ({ readonly stage: 'ended'; readonly successorIds: readonly string[] } & Defined);

export const childrenOf = (division: Division) => (division.stage === 'undefined' ? [] : division.children);
export const parentOf = (division: Division) => (division.stage === 'undefined' ? undefined : division.parentId);

/** The divisions above some others, each once. */
export const parentsOf = (divisions: ReadonlyMap<string, Division>): readonly string[] => [
  ...new Set([...divisions.values()].flatMap(division => parentOf(division) ?? [])),
];

const amended = (division: Division, change: Partial<Defined>): Division =>
  division.stage === 'undefined' ? division : { ...division, ...change };

const ended = (division: Division, successorIds: readonly string[]): Division =>
  division.stage === 'undefined' ? division : { ...division, stage: 'ended', successorIds };

export const division: Aggregate<Division, DivisionFact> = {
  category: 'division',
  initial: { stage: 'undefined' },
  evolve(division, { type, data }): Division {
    switch (type) {
      case 'DivisionDefined': {
        const { level, kind, code, name, parentId, centreRequired } = data;
        return { stage: 'active', level, kind, code, name, parentId, centreRequired, children: [] };
      }
      case 'DivisionRenamed':
        return amended(division, { name: data.name });
      case 'DivisionRecoded':
        return amended(division, { code: data.code });
      case 'DivisionReparented':
        return amended(division, { parentId: data.parentId });
      case 'DivisionClassified':
        return amended(division, { kind: data.kind, centreRequired: data.centreRequired });
      case 'DivisionMergedInto':
        return ended(division, [data.successorId]);
      case 'DivisionSplit':
        return ended(division, data.successorIds);
      case 'DivisionAbolished':
        return ended(division, data.successorId === undefined ? [] : [data.successorId]);
      case 'DivisionPopulationRecorded': {
        const { population, countedOn, source } = data;
        return amended(division, { population: { population, countedOn, source } });
      }
      case 'DivisionChildJoined':
        return amended(division, { children: [...childrenOf(division), data.childId] });
      case 'DivisionChildLeft':
        return amended(division, { children: childrenOf(division).filter(childId => childId !== data.childId) });
      case 'DivisionAbsorbed':
        return division;
    }
  },
};

/** Which place a code means. */
export interface DivisionCode {
  readonly divisionId?: string;
}

export const divisionCode: Aggregate<DivisionCode, DivisionCodeFact> = {
  category: 'divisionCode',
  initial: {},
  evolve: (_, { data }) => ({ divisionId: data.divisionId }),
};

export const levelOfKind: Readonly<Record<DivisionKind, DivisionLevel>> = {
  PROVINCE: 'PROVINCE',
  PREFECTURE: 'PREFECTURE',
  COUNTY: 'COUNTY',
  STATISTICAL_ZONE: 'COUNTY',
  SUBDISTRICT: 'TOWNSHIP',
  TOWN: 'TOWNSHIP',
  TOWNSHIP: 'TOWNSHIP',
  ETHNIC_TOWNSHIP: 'TOWNSHIP',
  QUASI: 'TOWNSHIP',
  COMMUNITY: 'COMMUNITY',
  VILLAGE: 'COMMUNITY',
};

const kindsWithCenter: ReadonlySet<DivisionKind> = new Set(['SUBDISTRICT', 'TOWN', 'TOWNSHIP', 'ETHNIC_TOWNSHIP']);

/** One street, one center holds for streets, towns and townships; a farm or a development zone need not have one. @source 三(二)2 */
export const usuallyRequiresCenter = (kind: DivisionKind) => kindsWithCenter.has(kind);

/** The digits that each level adds to the code of the level above. */
const segments: Readonly<Record<DivisionLevel, number>> = { PROVINCE: 2, PREFECTURE: 2, COUNTY: 2, TOWNSHIP: 3, COMMUNITY: 3 };

/** True for 2, 4, 6, 9 or 12 digits, as the level wants, of which no level's part is all zeros: that would be the level above. */
export function isCodeOf(level: DivisionLevel, code: string): boolean {
  let rest = code;
  for (const upTo of divisionLevels) {
    const segment = rest.slice(0, segments[upTo]);
    rest = rest.slice(segments[upTo]);
    if (segment.length !== segments[upTo] || !/^\d+$/.test(segment) || /^0+$/.test(segment)) return false;
    if (upTo === level) return rest === '';
  }
  return false;
}

export const isOneLevelAbove = (upper: DivisionLevel, lower: DivisionLevel) =>
  divisionLevels.indexOf(upper) === divisionLevels.indexOf(lower) - 1;
