import { factCatalogue, revive } from '@lib/platform/kernel/event.js';
import { toldOf } from '@lib/platform/kernel/publication.js';
import { misfits } from '@lib/platform/kernel/shape.js';
import './office.js';
import samples from './office.samples.json' with { type: 'json' };
import { keptCategories, publications } from './publications.js';

const catalogue = [...factCatalogue.values()];
const byCategory = new Map(publications.map(publication => [publication.category, publication]));

test('every fact of the office goes out or stays in the house by a decision', () => {
  const undecided = catalogue
    .filter(({ category }) => !Object.hasOwn(keptCategories, category))
    .filter(({ category, type }) => {
      const publication = byCategory.get(category);
      return !publication || (!publication.told.has(type) && !publication.kept.includes(type));
    })
    .map(({ type }) => type);
  expect(undecided).toEqual([]);
  expect(Object.keys(keptCategories).filter(category => byCategory.has(category))).toEqual([]);
  expect(catalogue.length).toBeGreaterThan(50);
});

test('every field of a told fact goes out or stays in the house by a decision, and no personal field goes out', () => {
  for (const { told } of publications) {
    for (const [type, fields] of told) {
      const { shape } = factCatalogue.get(type)!;
      expect([type, fields.filter(field => shape[field] === undefined || shape[field].personal !== undefined)]).toEqual([
        type,
        [],
      ]);
    }
  }
});

test('topics and nouns are called as the glossary has them, each once', () => {
  expect(publications.map(({ topic }) => topic).sort()).toEqual([
    'yizhan.certificate.v1',
    'yizhan.division.v1',
    'yizhan.erasure.v1',
    'yizhan.posting.v1',
    'yizhan.service-center.v1',
    'yizhan.service-station.v1',
    'yizhan.social-worker.v1',
    'yizhan.volunteer-link.v1',
    'yizhan.volunteer.v1',
  ]);
  for (const { noun, topic, state } of publications) {
    // An erasure happens and is over: it has no state.
    expect([topic, state?.topic]).toEqual([`yizhan.${noun}.v1`, noun === 'erasure' ? undefined : `yizhan.state.${noun}`]);
  }
});

const canary = '不可外传';

test.each(samples)(
  '$type $version: what goes out of a stored sample folds into a state of its shape',
  ({ type, version, data }) => {
    const fact = revive(type, version, data);
    for (const { name } of fact.class.personalFields) Object.assign(fact.data, { [name]: canary });
    const publication = byCategory.get(fact.class.category);
    const told = publication && toldOf(publication, fact);
    if (!publication || !told) return;
    expect(JSON.stringify(told)).not.toContain(canary);
    if (!publication.state) return;
    const birth = [...publication.told.keys()][0]!;
    const born = samples.find(sample => sample.type === birth)!;
    const before = publication.state.evolve(
      publication.state.initial,
      birth,
      toldOf(publication, revive(birth, born.version, born.data))!,
    );
    const state = birth === type ? before : publication.state.evolve(before, type, told);
    expect(misfits(publication.state.shape, state)).toEqual([]);
  },
);
