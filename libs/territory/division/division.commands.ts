import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsNotEmpty,
  IsOptional,
  IsString,
  IsUUID,
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import { IsCalendarDate } from '@lib/platform/cqrs/calendar-date.js';
import { Refusal, type Circumstances } from '@lib/platform/kernel/decision.js';
import type { AnyFact } from '@lib/platform/kernel/event.js';
import { codeIdOf, DivisionCodeTaken } from './division-code.events.js';
import {
  DivisionAbolished,
  DivisionAbsorbed,
  DivisionChildJoined,
  DivisionChildLeft,
  DivisionClassified,
  DivisionDefined,
  divisionKinds,
  DivisionMergedInto,
  DivisionPopulationRecorded,
  DivisionRecoded,
  DivisionRenamed,
  DivisionReparented,
  DivisionSplit,
  type DivisionKind,
  type DivisionLevel,
} from './division.events.js';
import {
  isCodeOf,
  isOneLevelAbove,
  levelOfKind,
  usuallyRequiresCenter,
  type ActiveDivision,
  type Division,
  type DivisionCode,
} from './division.js';

const digits = /^\d{2,12}$/;

type Divisions = ReadonlyMap<string, Division>;

const active = (division: Division): ActiveDivision => {
  if (division.stage === 'active') return division;
  throw new Refusal('division-not-active', { zh: '该区划已撤并', en: 'The division has ended' });
};

const requireFresh = (division: Division, divisionId: string) => {
  if (division.stage !== 'undefined') {
    throw new Refusal(
      'division-already-defined',
      { zh: '该区划已设立', en: 'This division was defined already' },
      { divisionId },
    );
  }
};

const requireParent = (parent: Division, level: DivisionLevel): ActiveDivision => {
  if (parent.stage !== 'active') {
    throw new Refusal('parent-not-active', {
      zh: '上级区划不存在或已撤并',
      en: 'The division above does not exist or has ended',
    });
  }
  if (!isOneLevelAbove(parent.level, level)) {
    throw new Refusal(
      'parent-not-one-level-above',
      { zh: '上级区划须恰好高一级', en: 'The division above must be exactly one level above' },
      { parentLevel: parent.level, level },
    );
  }
  return parent;
};

const requireCode = (code: string, level: DivisionLevel) => {
  if (!isCodeOf(level, code)) {
    throw new Refusal(
      'code-not-of-level',
      {
        zh: '代码的位数或分段与区划级别不符(省 2、市州 4、县 6、街乡 9、社区 12 位)',
        en: 'The code does not fit the level: province 2, prefecture 4, county 6, township 9, community 12 digits',
      },
      { code, level },
    );
  }
};

const requireCodeWithin = (code: string, parent: ActiveDivision) => {
  if (!code.startsWith(parent.code)) {
    throw new Refusal(
      'code-outside-parent',
      { zh: `代码须以上级区划代码 ${parent.code} 开头`, en: `The code must continue that of the division above, ${parent.code}` },
      { code, parentCode: parent.code },
    );
  }
};

/** A code is never reused for another place; a place may take up a code that it had before. */
const requireOwnCode = (slot: DivisionCode, code: string, divisionId: string) => {
  if (slot.divisionId && slot.divisionId !== divisionId) {
    throw new Refusal(
      'code-already-taken',
      { zh: `代码 ${code} 已属于或曾属于另一区划`, en: `Code ${code} belongs or belonged to another division` },
      { code, divisionId: slot.divisionId },
    );
  }
};

const requireCenterPossible = (level: DivisionLevel, centreRequired: boolean) => {
  if (centreRequired && level !== 'TOWNSHIP') {
    throw new Refusal('center-only-in-townships', {
      zh: '只有街道、乡镇一级才设服务中心',
      en: 'Only streets, towns and townships have a service center',
    });
  }
};

const moved = (childId: string, from: string, to: string): AnyFact[] => [
  new DivisionReparented({ divisionId: childId, parentId: to }),
  new DivisionChildLeft({ divisionId: from, childId }),
  new DivisionChildJoined({ divisionId: to, childId }),
];

const leftParent = (parentId: string | undefined, childId: string): AnyFact[] =>
  parentId === undefined ? [] : [new DivisionChildLeft({ divisionId: parentId, childId })];

type KindBelowProvince = Exclude<DivisionKind, 'PROVINCE'>;
const kindsBelowProvince = divisionKinds.filter((kind): kind is KindBelowProvince => kind !== 'PROVINCE');

/** Enter a division into the record, below one that is exactly one level above. The province itself comes with the import. */
export class DefineDivision {
  /** Made by the caller. @example "0b8f6f6e-0d4e-4c57-9a55-0c6f0a1b2c21" */
  @IsUUID() readonly divisionId!: string;
  /** 4, 6, 9 or 12 digits that continue the code of the division above. @example "222401002001" */
  @Matches(digits) readonly code!: string;
  /** @example "丹英社区" */
  @IsString() @IsNotEmpty() @MaxLength(60) readonly name!: string;
  /** Also says the level. @example "COMMUNITY" */
  @IsIn(kindsBelowProvince) readonly kind!: KindBelowProvince;
  /** @example "0b8f6f6e-0d4e-4c57-9a55-0c6f0a1b2c02" */
  @IsUUID() readonly parentId!: string;
  /** Whether one street, one center holds; as usual for its kind when absent. @example false */
  @IsOptional() @IsBoolean() readonly centreRequired?: boolean;
  /** @example "延边州民政局公告 2026 年第 1 号" */
  @IsOptional() @IsString() @IsNotEmpty() @MaxLength(300) readonly source?: string;
}

export function defineDivision(
  { divisionId, code, name, kind, parentId, centreRequired = usuallyRequiresCenter(kind), source }: DefineDivision,
  { division, parent, slot }: { division: Division; parent: Division; slot: DivisionCode },
): AnyFact[] {
  requireFresh(division, divisionId);
  const level = levelOfKind[kind];
  const upper = requireParent(parent, level);
  requireCode(code, level);
  requireCodeWithin(code, upper);
  requireOwnCode(slot, code, divisionId);
  requireCenterPossible(level, centreRequired);
  return [
    new DivisionDefined({ divisionId, code, name, level, kind, parentId, centreRequired, source }),
    new DivisionCodeTaken({ codeId: codeIdOf(code), code, divisionId }),
    new DivisionChildJoined({ divisionId: parentId, childId: divisionId }),
  ];
}

/** Give a division another name. */
export class RenameDivision {
  @IsUUID() readonly divisionId!: string;
  /** @example "北山街道" */
  @IsString() @IsNotEmpty() @MaxLength(60) readonly name!: string;
}

export function renameDivision({ divisionId, name }: RenameDivision, { division }: { division: Division }) {
  if (active(division).name === name) return [];
  return [new DivisionRenamed({ divisionId, name })];
}

/**
 * Give a division another code. It need not continue the code of the division above: when a whole county changes
 * its place, as Gongzhuling did, codes and places change one after the other.
 */
export class RecodeDivision {
  @IsUUID() readonly divisionId!: string;
  /** @example "220184" */
  @Matches(digits) readonly code!: string;
}

export function recodeDivision(
  { divisionId, code }: RecodeDivision,
  { division, slot }: { division: Division; slot: DivisionCode },
): AnyFact[] {
  const { code: before, level } = active(division);
  if (before === code) return [];
  requireCode(code, level);
  requireOwnCode(slot, code, divisionId);
  return [
    new DivisionRecoded({ divisionId, code }),
    ...(slot.divisionId ? [] : [new DivisionCodeTaken({ codeId: codeIdOf(code), code, divisionId })]),
  ];
}

/** Let a division belong to another one, one level above. */
export class ReparentDivision {
  @IsUUID() readonly divisionId!: string;
  /** @example "0b8f6f6e-0d4e-4c57-9a55-0c6f0a1b2c03" */
  @IsUUID() readonly parentId!: string;
}

export function reparentDivision(
  { divisionId, parentId }: ReparentDivision,
  { division, parent }: { division: Division; parent: Division; formerParent: Division },
) {
  const { parentId: formerParentId, level } = active(division);
  if (formerParentId === parentId) return [];
  if (formerParentId === undefined) {
    throw new Refusal('province-has-no-parent', { zh: '省级区划没有上级', en: 'A province belongs to no other division' });
  }
  requireParent(parent, level);
  return moved(divisionId, formerParentId, parentId);
}

/** Say what kind of place a division is, and whether one street, one center holds for it. */
export class ClassifyDivision {
  @IsUUID() readonly divisionId!: string;
  /** One of the kinds of its level. @example "SUBDISTRICT" */
  @IsIn(divisionKinds) readonly kind!: DivisionKind;
  /** As usual for the kind when absent. @example true */
  @IsOptional() @IsBoolean() readonly centreRequired?: boolean;
}

export function classifyDivision(
  { divisionId, kind, centreRequired = usuallyRequiresCenter(kind) }: ClassifyDivision,
  { division }: { division: Division },
) {
  const { level, kind: before, centreRequired: requiredBefore } = active(division);
  if (kind === before && centreRequired === requiredBefore) return [];
  if (levelOfKind[kind] !== level) {
    throw new Refusal(
      'kind-of-other-level',
      { zh: '该类别不属于此级区划', en: 'Divisions of this level are of other kinds' },
      { kind, level },
    );
  }
  requireCenterPossible(level, centreRequired);
  return [new DivisionClassified({ divisionId, kind, centreRequired })];
}

/** Merge divisions into one of the same level. They end; what belonged to them belongs to it. */
export class MergeDivisions {
  /** The division that goes on. @example "0b8f6f6e-0d4e-4c57-9a55-0c6f0a1b2c02" */
  @IsUUID() readonly divisionId!: string;
  /** The divisions that end. @example ["0b8f6f6e-0d4e-4c57-9a55-0c6f0a1b2c03"] */
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(20)
  @ArrayUnique()
  @IsUUID(undefined, { each: true })
  readonly sourceIds!: string[];
}

export function mergeDivisions(
  { divisionId, sourceIds }: MergeDivisions,
  { division, sources }: { division: Division; sources: Divisions; parents: Divisions; children: Divisions },
  { on }: Circumstances,
): AnyFact[] {
  const target = active(division);
  const isMerged = (source: Division) => source.stage === 'ended' && source.successorIds[0] === divisionId;
  return sourceIds.flatMap(sourceId => {
    const source = sources.get(sourceId)!;
    if (isMerged(source)) return [];
    if (sourceId === divisionId) {
      throw new Refusal('merger-with-itself', { zh: '区划不能并入自己', en: 'A division cannot be merged into itself' });
    }
    if (source.stage !== 'active') {
      throw new Refusal(
        'source-not-active',
        { zh: '被并入的区划不存在或已撤并', en: 'A division to be merged does not exist or has ended' },
        { sourceId },
      );
    }
    if (source.level !== target.level) {
      throw new Refusal(
        'source-of-other-level',
        { zh: '只有同级区划可以合并', en: 'Only divisions of the same level can be merged' },
        { sourceId, sourceLevel: source.level, level: target.level },
      );
    }
    return [
      ...source.children.flatMap(childId => moved(childId, sourceId, divisionId)),
      new DivisionMergedInto({ divisionId: sourceId, successorId: divisionId, on }),
      new DivisionAbsorbed({ divisionId, absorbedId: sourceId, on }),
      ...leftParent(source.parentId, sourceId),
    ];
  });
}

/** One of the divisions that a split one becomes. */
export class SplitPart {
  /** Made by the caller. @example "0b8f6f6e-0d4e-4c57-9a55-0c6f0a1b2c41" */
  @IsUUID() readonly divisionId!: string;
  /** Continues the code of the division above the split one. @example "222401008" */
  @Matches(digits) readonly code!: string;
  /** @example "北山东街道" */
  @IsString() @IsNotEmpty() @MaxLength(60) readonly name!: string;
  /** That of the split division when absent. @example "SUBDISTRICT" */
  @IsOptional() @IsIn(divisionKinds) readonly kind?: DivisionKind;
  /** What belonged to the split division and goes to this one. @example ["0b8f6f6e-0d4e-4c57-9a55-0c6f0a1b2c21"] */
  @IsArray() @ArrayMaxSize(1000) @ArrayUnique() @IsUUID(undefined, { each: true }) readonly children!: string[];
}

/** Split a division into new ones of the same level. It ends; each of its own goes to one of them. */
export class SplitDivision {
  @IsUUID() readonly divisionId!: string;
  /** The divisions that it becomes. @example [{"divisionId":"0b8f6f6e-0d4e-4c57-9a55-0c6f0a1b2c41","code":"222401008","name":"北山东街道","children":[]},{"divisionId":"0b8f6f6e-0d4e-4c57-9a55-0c6f0a1b2c42","code":"222401009","name":"北山西街道","children":[]}] */
  @IsArray()
  @ArrayMinSize(2)
  @ArrayMaxSize(20)
  @ValidateNested({ each: true })
  @Type(() => SplitPart)
  readonly parts!: SplitPart[];
}

const requireEachOnce = (parts: readonly SplitPart[], children: readonly string[]) => {
  const ids = parts.map(({ divisionId }) => divisionId);
  const codes = parts.map(({ code }) => code);
  if (new Set(ids).size < parts.length || new Set(codes).size < parts.length) {
    throw new Refusal('parts-alike', {
      zh: '拆分后的各区划须有不同的 id 和代码',
      en: 'The new divisions need ids and codes of their own',
    });
  }
  const given = parts.flatMap(part => part.children);
  const strangers = given.filter(childId => !children.includes(childId));
  if (strangers.length > 0) {
    throw new Refusal(
      'not-a-child',
      { zh: '所列下级不属于被拆分的区划', en: 'What was named does not belong to the split division' },
      { children: strangers },
    );
  }
  const wrong = children.filter(childId => given.filter(named => named === childId).length !== 1);
  if (wrong.length > 0) {
    throw new Refusal(
      'child-without-one-part',
      { zh: '每个下级区划须恰好归入拆分后的一个区划', en: 'Each division below must go to exactly one of the new ones' },
      { children: wrong },
    );
  }
};

export function splitDivision(
  { divisionId, parts }: SplitDivision,
  {
    division,
    parent,
    partsBefore,
    slots,
  }: {
    division: Division;
    parent: Division;
    partsBefore: Divisions;
    slots: ReadonlyMap<string, DivisionCode>;
    children: Divisions;
  },
  { on }: Circumstances,
): AnyFact[] {
  const successorIds = parts.map(part => part.divisionId);
  if (division.stage === 'ended' && successorIds.length === division.successorIds.length) {
    if (successorIds.every(partId => division.successorIds.includes(partId))) return [];
  }
  const { level, kind, centreRequired, parentId, children } = active(division);
  if (parentId === undefined) {
    throw new Refusal('province-has-no-parent', { zh: '省级区划没有上级', en: 'A province belongs to no other division' });
  }
  requireEachOnce(parts, children);
  const upper = requireParent(parent, level);
  return [
    ...parts.flatMap(part => {
      requireFresh(partsBefore.get(part.divisionId)!, part.divisionId);
      if (part.kind && levelOfKind[part.kind] !== level) {
        throw new Refusal(
          'kind-of-other-level',
          { zh: '该类别不属于此级区划', en: 'Divisions of this level are of other kinds' },
          { kind: part.kind, level },
        );
      }
      requireCode(part.code, level);
      requireCodeWithin(part.code, upper);
      requireOwnCode(slots.get(codeIdOf(part.code))!, part.code, part.divisionId);
      return [
        new DivisionDefined({
          divisionId: part.divisionId,
          code: part.code,
          name: part.name,
          level,
          kind: part.kind ?? kind,
          parentId,
          centreRequired: part.kind ? usuallyRequiresCenter(part.kind) : centreRequired,
        }),
        new DivisionCodeTaken({ codeId: codeIdOf(part.code), code: part.code, divisionId: part.divisionId }),
        new DivisionChildJoined({ divisionId: parentId, childId: part.divisionId }),
        ...part.children.flatMap(childId => moved(childId, divisionId, part.divisionId)),
      ];
    }),
    new DivisionSplit({ divisionId, successorIds, on }),
    new DivisionChildLeft({ divisionId: parentId, childId: divisionId }),
  ];
}

/** End a division that nothing belongs to any more, naming the one that goes on in its place, or saying that there is none. */
export class AbolishDivision {
  @IsUUID() readonly divisionId!: string;
  /** @example "0b8f6f6e-0d4e-4c57-9a55-0c6f0a1b2c03" */
  @IsOptional() @IsUUID() readonly successorId?: string;
  /** True when there is no successor. @example false */
  @IsOptional() @IsBoolean() readonly withoutSuccessor?: boolean;
}

export function abolishDivision(
  { divisionId, successorId, withoutSuccessor = false }: AbolishDivision,
  { division, successor }: { division: Division; successor: Division; parent: Division },
  { on }: Circumstances,
): AnyFact[] {
  if ((successorId === undefined) !== withoutSuccessor) {
    throw new Refusal('successor-not-said', {
      zh: '须指明承接的区划,或明确没有承接者',
      en: 'Name the division that takes over, or say that there is none',
    });
  }
  if (division.stage === 'ended' && division.successorIds.length <= 1 && division.successorIds[0] === successorId) return [];
  const { children, parentId } = active(division);
  if (children.length > 0) {
    throw new Refusal(
      'division-has-children',
      {
        zh: `还有 ${children.length} 个下级区划,请先调整`,
        en: `${children.length} divisions still belong to it; move them first`,
      },
      { children },
    );
  }
  if (parentId === undefined) {
    throw new Refusal('province-has-no-parent', { zh: '省级区划不能撤销', en: 'The province cannot be abolished' });
  }
  if (successorId === divisionId || (successorId !== undefined && successor.stage !== 'active')) {
    throw new Refusal('successor-not-active', {
      zh: '承接的区划须是另一个现行的区划',
      en: 'The division that takes over must be another one that is active',
    });
  }
  return [new DivisionAbolished({ divisionId, successorId, on }), ...leftParent(parentId, divisionId)];
}

/** Record how many people live in a division, by which source, on which date. Also for one that has ended. */
export class RecordPopulation {
  @IsUUID() readonly divisionId!: string;
  /** @example 9066906 */
  @IsInt() @Min(0) @Max(2_000_000_000) readonly population!: number;
  /** @example "2020-11-01" */
  @IsCalendarDate() readonly countedOn!: string;
  /** @example "第七次全国人口普查" */
  @IsString() @IsNotEmpty() @MaxLength(200) readonly source!: string;
}

export function recordPopulation(
  { divisionId, population, countedOn, source }: RecordPopulation,
  { division }: { division: Division },
  { today }: Circumstances,
) {
  const before = division.stage === 'undefined' ? undefined : division.population;
  if (before?.population === population && before.countedOn === countedOn && before.source === source) return [];
  if (countedOn > today) {
    throw new Refusal('counted-ahead', { zh: '统计日期晚于今天', en: 'The day of the count lies ahead' }, { countedOn });
  }
  return [new DivisionPopulationRecorded({ divisionId, population, countedOn, source })];
}
