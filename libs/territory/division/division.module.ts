import { oversight } from '@lib/access/roles.js';
import { acts, aggregateModule, births, each, of } from '@lib/platform/cqrs/module-table.js';
import { everywhere, type Within } from '@lib/platform/kernel/access.js';
import { codeIdOf } from './division-code.events.js';
import {
  AbolishDivision,
  abolishDivision,
  ClassifyDivision,
  classifyDivision,
  DefineDivision,
  defineDivision,
  MergeDivisions,
  mergeDivisions,
  RecodeDivision,
  recodeDivision,
  RecordPopulation,
  recordPopulation,
  RenameDivision,
  renameDivision,
  ReparentDivision,
  reparentDivision,
  SplitDivision,
  splitDivision,
} from './division.commands.js';
import { childrenOf, division, divisionCode, parentOf, parentsOf, type Division } from './division.js';
import { divisionCard, divisionList, divisions } from './division.views.js';

interface Own {
  readonly division: Division;
}
type Several = ReadonlyMap<string, Division>;

const slot = of(divisionCode, ({ code }: { code: string }) => codeIdOf(code));
const ownParent = of(division, (_: object, states: Own) => parentOf(states.division));

/** The tree is the province's: whoever changes it changes what everybody below may see. */
const rules = { by: [oversight], within: (): Within => everywhere } as const;

export const DivisionModule = aggregateModule(division, {
  as: 'division',
  at: 'divisions',
  id: 'divisionId',
  commands: [
    births(DefineDivision, defineDivision, {
      ...rules,
      words: { zh: '设立行政区划', en: 'Define a division' },
      reads: { parent: of(division, 'parentId'), slot },
    }),
    acts(RenameDivision, renameDivision, {
      ...rules,
      words: { zh: '区划更名', en: 'Rename a division' },
      reads: {},
    }),
    acts(RecodeDivision, recodeDivision, {
      ...rules,
      words: { zh: '变更区划代码', en: 'Give a division another code' },
      reads: { slot },
    }),
    acts(ReparentDivision, reparentDivision, {
      ...rules,
      words: { zh: '变更区划隶属', en: 'Let a division belong to another one' },
      reads: { parent: of(division, 'parentId'), formerParent: ownParent },
    }),
    acts(ClassifyDivision, classifyDivision, {
      ...rules,
      words: { zh: '确定区划类别', en: 'Say what kind of place a division is' },
      reads: {},
    }),
    acts(MergeDivisions, mergeDivisions, {
      ...rules,
      words: { zh: '区划合并', en: 'Merge divisions into one' },
      reads: {
        sources: each(division, 'sourceIds'),
        parents: each(division, (_, { sources }: { sources: Several }) => parentsOf(sources)),
        children: each(division, (_, { sources }: { sources: Several }) => [...sources.values()].flatMap(childrenOf)),
      },
    }),
    acts(SplitDivision, splitDivision, {
      ...rules,
      words: { zh: '区划拆分', en: 'Split a division' },
      reads: {
        partsBefore: each(division, ({ parts }) => parts.map(({ divisionId }) => divisionId)),
        slots: each(divisionCode, ({ parts }) => parts.map(({ code }) => codeIdOf(code))),
        parent: ownParent,
        children: each(division, (_, states: Own) => childrenOf(states.division)),
      },
    }),
    acts(AbolishDivision, abolishDivision, {
      ...rules,
      words: { zh: '撤销区划', en: 'Abolish a division' },
      reads: { successor: of(division, 'successorId'), parent: ownParent },
    }),
    acts(RecordPopulation, recordPopulation, {
      ...rules,
      words: { zh: '记录人口', en: 'Record the population of a division' },
      reads: {},
    }),
  ],
  projections: [divisions],
  views: [divisionList, divisionCard],
});
