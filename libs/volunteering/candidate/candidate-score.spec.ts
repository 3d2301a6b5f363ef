import fc from 'fast-check';
import { serviceFields } from '@lib/workforce/social-worker/social-worker.events.js';
import { volunteerSkills } from '../volunteer/volunteer.events.js';
import { bitsOf } from '../volunteer/volunteer.views.js';
import {
  byRank,
  continuities,
  distances,
  fitOf,
  mostPoints,
  pointsOfContinuity,
  pointsOfDistance,
  pointsOfFit,
  pointsOfLinks,
  scoreOf,
  scoreParts,
  skillsSuiting,
  type CandidateFacts,
} from './candidate-score.js';

const anyFacts: fc.Arbitrary<CandidateFacts> = fc
  .record({
    fields: fc.nat({ max: serviceFields.length }),
    shareNamed: fc.double({ min: 0, max: 1, noNaN: true }),
    shareSuited: fc.double({ min: 0, max: 1, noNaN: true }),
    distance: fc.constantFrom(...distances),
    links: fc.nat({ max: 12 }),
    continuity: fc.constantFrom(...continuities),
  })
  .map(({ fields, shareNamed, shareSuited, ...rest }) => {
    const named = Math.floor(fields * shareNamed);
    return { ...rest, fields, named, suited: Math.floor((fields - named) * shareSuited) };
  });

const total = (facts: CandidateFacts) => scoreOf(facts).total;

describe('the score of a volunteer for a station', () => {
  test('is the sum of its parts, each between nothing and its most', () =>
    fc.assert(
      fc.property(anyFacts, facts => {
        const { parts, total: sum } = scoreOf(facts);
        expect(parts.map(({ part }) => part)).toEqual(scoreParts);
        expect(sum).toBe(parts.reduce((points, part) => points + part.points, 0));
        for (const { part, points, most } of parts) {
          expect(most).toBe(mostPoints[part]);
          expect(Number.isInteger(points) && points >= 0 && points <= most).toBe(true);
        }
      }),
    ));
  test('is a hundred at most, and a volunteer exists who has all of it', () => {
    expect(scoreParts.reduce((sum, part) => sum + mostPoints[part], 0)).toBe(100);
    const best = { fields: 3, named: 3, suited: 0, links: 0 } as const;
    expect(total({ ...best, distance: 'SAME_COMMUNITY', continuity: 'PRIMARY_HERE_BEFORE' })).toBe(100);
  });
  test('never falls when one more field is named, or one more skill suits', () =>
    fc.assert(
      fc.property(anyFacts, facts => {
        fc.pre(facts.named + facts.suited < facts.fields);
        const withSkill = total({ ...facts, suited: facts.suited + 1 });
        const withWish = total({ ...facts, named: facts.named + 1 });
        expect(withSkill).toBeGreaterThanOrEqual(total(facts));
        expect(withWish).toBeGreaterThan(total(facts));
        expect(withWish).toBeGreaterThanOrEqual(withSkill);
      }),
    ));
  test('falls with every step farther away', () =>
    fc.assert(
      fc.property(anyFacts, fc.nat({ max: distances.length - 2 }), (facts, nth) =>
        expect(total({ ...facts, distance: distances[nth]! })).toBeGreaterThan(
          total({ ...facts, distance: distances[nth + 1]! }),
        ),
      ),
    ));
  test('never rises with another station that is served already', () =>
    fc.assert(
      fc.property(anyFacts, facts => expect(total({ ...facts, links: facts.links + 1 })).toBeLessThanOrEqual(total(facts))),
    ));
  test('rises for who was here before, and more for whom this was the primary station', () =>
    fc.assert(
      fc.property(anyFacts, facts => {
        const [never, before, primary] = continuities.map(continuity => total({ ...facts, continuity }));
        expect([before! > never!, primary! > before!]).toEqual([true, true]);
      }),
    ));
  test('gives nothing for fields where the station names none, and says so', () =>
    expect(scoreOf({ fields: 0, named: 0, suited: 0, distance: 'ELSEWHERE', links: 9, continuity: 'NEVER_HERE' })).toMatchObject({
      total: 0,
      parts: [{ code: 'STATION_WITHOUT_FIELDS', points: 0, most: 40 }, {}, {}, {}],
    }));
  test('says in both languages what every part is for, with its numbers', () =>
    fc.assert(
      fc.property(anyFacts, facts => {
        const { parts } = scoreOf(facts);
        for (const { code, words } of parts) {
          expect(code).toMatch(/^[A-Z]+(_[A-Z]+)*$/);
          expect(words.zh).toMatch(/[\u4e00-\u9fff]/);
          expect(words.en).toMatch(/^[A-Z][^\u4e00-\u9fff]+$/);
        }
        expect(parts[0]).toMatchObject({ count: facts.named, suited: facts.suited, of: facts.fields });
        expect(parts[2]).toMatchObject({ count: facts.links });
      }),
    ));
  test('the tables of points, which the query looks into, say the same', () =>
    fc.assert(
      fc.property(anyFacts, facts =>
        expect(total(facts)).toBe(
          pointsOfFit(facts.fields)[2 * facts.named + facts.suited]! +
            pointsOfDistance[distances.indexOf(facts.distance)]! +
            pointsOfLinks[Math.min(facts.links, pointsOfLinks.length - 1)]! +
            pointsOfContinuity[continuities.indexOf(facts.continuity)]!,
        ),
      ),
    ));
});

describe('how a volunteer fits', () => {
  const anyVolunteer = fc.record({ fields: fc.subarray([...serviceFields]), skills: fc.subarray([...volunteerSkills]) });

  test('a field counts once: as named, or else as suited by a skill', () =>
    fc.assert(
      fc.property(anyVolunteer, fc.subarray([...serviceFields]), (volunteer, stationFields) => {
        const { named, suited } = fitOf(volunteer, stationFields);
        expect(named.every(field => volunteer.fields.includes(field))).toBe(true);
        expect(suited.some(field => volunteer.fields.includes(field))).toBe(false);
        expect([...named, ...suited].every(field => stationFields.includes(field))).toBe(true);
        expect(new Set([...named, ...suited]).size).toBe(named.length + suited.length);
      }),
    ));
  test('another skill or another field named never makes the fit smaller', () =>
    fc.assert(
      fc.property(
        anyVolunteer,
        fc.subarray([...serviceFields]),
        fc.constantFrom(...volunteerSkills),
        fc.constantFrom(...serviceFields),
        (volunteer, stationFields, skill, field) => {
          const fit = (of: typeof volunteer) => {
            const { named, suited } = fitOf(of, stationFields);
            return 2 * named.length + suited.length;
          };
          expect(fit({ ...volunteer, skills: [...volunteer.skills, skill] })).toBeGreaterThanOrEqual(fit(volunteer));
          expect(fit({ ...volunteer, fields: [...volunteer.fields, field] })).toBeGreaterThanOrEqual(fit(volunteer));
        },
      ),
    ));
  test('every field is suited by some skill', () =>
    expect(serviceFields.filter(field => skillsSuiting[field].length === 0)).toEqual([]));
});

describe('the order of candidates', () => {
  const anyRanked = fc.record({
    total: fc.nat({ max: 3 }),
    registeredOn: fc.constantFrom('2026-01-01', '2026-01-02'),
    volunteerId: fc.uuid(),
  });

  test('is the same however they came in', () =>
    fc.assert(
      fc.property(
        fc
          .uniqueArray(anyRanked, { selector: ({ volunteerId }) => volunteerId, maxLength: 30 })
          .chain(people => fc.tuple(fc.constant(people), fc.shuffledSubarray(people, { minLength: people.length }))),
        ([people, shuffled]) => expect([...shuffled].sort(byRank)).toEqual([...people].sort(byRank)),
      ),
    ));
  test('puts more points first, then who registered first, then the lower id', () => {
    const [a, b, c, d] = [
      { total: 50, registeredOn: '2026-02-01', volunteerId: 'b' },
      { total: 40, registeredOn: '2026-01-01', volunteerId: 'c' },
      { total: 40, registeredOn: '2026-02-01', volunteerId: 'a' },
      { total: 40, registeredOn: '2026-02-01', volunteerId: 'd' },
    ] as const;
    expect([d, c, b, a].sort(byRank)).toEqual([a, b, c, d]);
  });
});

test('the bits that the query compares fit exactly as the lists do', () =>
  fc.assert(
    fc.property(fc.subarray([...serviceFields]), fc.subarray([...volunteerSkills]), (fields, skills) => {
      const [fieldBits, skillBits] = [bitsOf(serviceFields, fields), bitsOf(volunteerSkills, skills)];
      for (const field of serviceFields) {
        expect((fieldBits & bitsOf(serviceFields, [field])) !== 0).toBe(fields.includes(field));
        const suits = skillsSuiting[field].some(skill => skills.includes(skill));
        expect((skillBits & bitsOf(volunteerSkills, skillsSuiting[field])) !== 0).toBe(suits);
      }
    }),
  ));
