import { keep, publication, tell } from '@lib/platform/kernel/publication.js';
import { date, flag, id, integer, listOf, oneOf, optional, text } from '@lib/platform/kernel/shape.js';
import { divisionKinds, divisionLevels, type DivisionFact } from './division.events.js';

/** What the outside is told of a division. Rosters repeat what the children say; sources are free text. */
export const divisionFeed = publication<DivisionFact>()({
  noun: 'division',
  category: 'division',
  id: 'divisionId',
  tells: {
    DivisionDefined: { code: tell, name: tell, level: tell, kind: tell, parentId: tell, centreRequired: tell, source: keep },
    DivisionRenamed: { name: tell },
    DivisionRecoded: { code: tell },
    DivisionReparented: { parentId: tell },
    DivisionClassified: { kind: tell, centreRequired: tell },
    DivisionMergedInto: { successorId: tell, on: tell },
    DivisionAbsorbed: { absorbedId: tell, on: tell },
    DivisionSplit: { successorIds: tell, on: tell },
    DivisionAbolished: { successorId: tell, on: tell },
    DivisionPopulationRecorded: { population: tell, countedOn: tell, source: keep },
    DivisionChildJoined: keep,
    DivisionChildLeft: keep,
  },
})
  .withState({
    divisionId: id,
    code: text,
    name: text,
    level: oneOf(...divisionLevels),
    kind: oneOf(...divisionKinds),
    parentId: optional(id),
    centreRequired: flag,
    population: optional(integer),
    populationCountedOn: optional(date),
    stage: oneOf('active', 'ended'),
    endedOn: optional(date),
    successorIds: listOf(id),
  })
  .foldedBy({
    DivisionDefined: (_, defined) => ({ ...defined, stage: 'active', successorIds: [] }),
    DivisionRenamed: (division, { name }) => ({ ...division, name }),
    DivisionRecoded: (division, { code }) => ({ ...division, code }),
    DivisionReparented: (division, { parentId }) => ({ ...division, parentId }),
    DivisionClassified: (division, { kind, centreRequired }) => ({ ...division, kind, centreRequired }),
    DivisionMergedInto: (division, { successorId, on }) => ({
      ...division,
      stage: 'ended',
      endedOn: on,
      successorIds: [successorId],
    }),
    DivisionAbsorbed: division => division,
    DivisionSplit: (division, { successorIds, on }) => ({ ...division, stage: 'ended', endedOn: on, successorIds }),
    DivisionAbolished: (division, { successorId, on }) => ({
      ...division,
      stage: 'ended',
      endedOn: on,
      successorIds: successorId === undefined ? [] : [successorId],
    }),
    DivisionPopulationRecorded: (division, { population, countedOn }) => ({
      ...division,
      population,
      populationCountedOn: countedOn,
    }),
  });
