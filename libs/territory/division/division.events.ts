import { eventsOf } from '@lib/platform/kernel/event.js';
import { date, flag, id, integer, listOf, oneOf, optional, text } from '@lib/platform/kernel/shape.js';

const event = eventsOf('division', 'divisionId');

export const divisionLevels = ['PROVINCE', 'PREFECTURE', 'COUNTY', 'TOWNSHIP', 'COMMUNITY'] as const;
export const divisionKinds = [
  'PROVINCE',
  'PREFECTURE',
  'COUNTY',
  'STATISTICAL_ZONE',
  'SUBDISTRICT',
  'TOWN',
  'TOWNSHIP',
  'ETHNIC_TOWNSHIP',
  'QUASI',
  'COMMUNITY',
  'VILLAGE',
] as const;
export type DivisionLevel = (typeof divisionLevels)[number];
export type DivisionKind = (typeof divisionKinds)[number];

/** A place of the administration entered the record, with the code that it bears. */
export class DivisionDefined extends event(
  'DivisionDefined',
  1,
  {
    divisionId: id,
    code: text,
    name: text,
    level: oneOf(...divisionLevels),
    kind: oneOf(...divisionKinds),
    parentId: optional(id),
    centreRequired: flag,
    source: optional(text),
  },
  {
    zh: '设立行政区划“{name}”(代码 {code})[,依据:{source}]',
    en: 'Division “{name}” (code {code}) was defined[, by {source}]',
  },
) {}

/** A division got another name; what happened before keeps the old one. */
export class DivisionRenamed extends event(
  'DivisionRenamed',
  1,
  { divisionId: id, name: text },
  { zh: '区划更名为“{name}”', en: 'The division was renamed “{name}”' },
) {}

/** A division got another code; both are valid for a while, and a code is never reused for another place. */
export class DivisionRecoded extends event(
  'DivisionRecoded',
  1,
  { divisionId: id, code: text },
  { zh: '区划代码改为 {code}', en: 'The division code became {code}' },
) {}

/** A division now belongs to another one. */
export class DivisionReparented extends event(
  'DivisionReparented',
  1,
  { divisionId: id, parentId: id },
  { zh: '区划改由“{parentId}”管辖', en: 'The division now belongs to “{parentId}”' },
) {}

/** What kind of place it is, and whether one street, one center holds for it. */
export class DivisionClassified extends event(
  'DivisionClassified',
  1,
  { divisionId: id, kind: oneOf(...divisionKinds), centreRequired: flag },
  {
    zh: '区划类别定为 {kind}(须设服务中心:{centreRequired})',
    en: 'The division was classified {kind} (center required: {centreRequired})',
  },
) {}

/** A division ended by going into another one. */
export class DivisionMergedInto extends event(
  'DivisionMergedInto',
  1,
  { divisionId: id, successorId: id, on: date },
  { zh: '区划并入“{successorId}”', en: 'The division was merged into “{successorId}”' },
) {}

/** A division took in another one. */
export class DivisionAbsorbed extends event(
  'DivisionAbsorbed',
  1,
  { divisionId: id, absorbedId: id, on: date },
  { zh: '区划并入了“{absorbedId}”', en: 'The division absorbed “{absorbedId}”' },
) {}

/** A division ended by becoming several. */
export class DivisionSplit extends event(
  'DivisionSplit',
  1,
  { divisionId: id, successorIds: listOf(id), on: date },
  { zh: '区划拆分为“{successorIds}”', en: 'The division was split into “{successorIds}”' },
) {}

/** A division ended; its successor is named, or there is none. */
export class DivisionAbolished extends event(
  'DivisionAbolished',
  1,
  { divisionId: id, successorId: optional(id), on: date },
  { zh: '区划撤销[,由“{successorId}”承接]', en: 'The division was abolished[, succeeded by “{successorId}”]' },
) {}

/** How many people live there, by which source, on which date. */
export class DivisionPopulationRecorded extends event(
  'DivisionPopulationRecorded',
  1,
  { divisionId: id, population: integer, countedOn: date, source: text },
  { zh: '记录人口 {population}({countedOn},{source})', en: 'Population {population} was recorded ({countedOn}, {source})' },
) {}

/** The roster of a division: who belongs to it. Written with the fact of the child, so that "has no children" can be checked. */
export class DivisionChildJoined extends event(
  'DivisionChildJoined',
  1,
  { divisionId: id, childId: id },
  { zh: '“{childId}”归入管辖', en: '“{childId}” joined the division' },
) {}

/** A child went to another division, or ended. */
export class DivisionChildLeft extends event(
  'DivisionChildLeft',
  1,
  { divisionId: id, childId: id },
  { zh: '“{childId}”不再归其管辖', en: '“{childId}” left the division' },
) {}

export type DivisionFact =
  | DivisionDefined
  | DivisionRenamed
  | DivisionRecoded
  | DivisionReparented
  | DivisionClassified
  | DivisionMergedInto
  | DivisionAbsorbed
  | DivisionSplit
  | DivisionAbolished
  | DivisionPopulationRecorded
  | DivisionChildJoined
  | DivisionChildLeft;
