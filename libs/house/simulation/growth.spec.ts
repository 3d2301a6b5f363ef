import { fold, type Aggregate } from '@lib/platform/kernel/aggregate.js';
import { addDays } from '@lib/platform/kernel/calendar.js';
import { categoryOfStream, streamOfFact, type AnyFact, type Impersonal } from '@lib/platform/kernel/event.js';
import { misfits } from '@lib/platform/kernel/shape.js';
import { MemoryEventStore } from '@lib/platform/event-store/memory/memory-event-store.js';
import { parseCitizenId } from '@lib/platform/privacy/citizen-id.js';
import { postingStanding, serviceStation, type ServiceStation } from '@lib/service-network/service-station/service-station.js';
import { jilinDivisions } from '@lib/territory/division/data/jilin.js';
import { DivisionDefined } from '@lib/territory/division/division.events.js';
import { divisionIdOf } from '@lib/territory/division/division.js';
import { volunteerLinks } from '@lib/volunteering/volunteer-link/volunteer-link.js';
import { bringDeeds, OtherDeeds, type Bringing, type Deed } from './bring-deeds.js';
import { daysOfGrowth, firstDay } from './growing.js';
import { growthDeeds } from './growth.js';
import { isTrialOffice, simulatedSoFar, simulationActor } from './trial-office.js';

const plan = { seed: 7, events: 6_000 };
const deeds = [...growthDeeds(plan)];
const facts = deeds.flatMap(deed => deed.facts);

/** What happened in each stream of a category, in order. */
const streamsOf = (category: string, some: readonly AnyFact[] = facts) => {
  const streams = new Map<string, AnyFact[]>();
  for (const fact of some) {
    const stream = streamOfFact(fact);
    if (categoryOfStream(stream) !== category) continue;
    const own = streams.get(stream);
    if (own) own.push(fact);
    else streams.set(stream, [fact]);
  }
  return streams;
};
const foldOf = <State>(aggregate: Aggregate<State, never>, some: readonly AnyFact[]) =>
  fold(aggregate, some as unknown as Impersonal<never>[]);
const dataOf = (type: string) => facts.filter(fact => fact.type === type).map(({ data }) => data);
const told = (some: readonly Deed[]) =>
  JSON.stringify(some.map(deed => [deed.on, deed.division, ...deed.facts.map(({ type, data }) => [type, data])]));

/** Every rule that can be broken by a fact that comes at the wrong time. */
function broken(all: readonly Deed[]): string[] {
  const found: string[] = [];
  const stations = new Map<string, ServiceStation>();
  const held = new Map<string, string>();
  const linked = new Map<string, readonly AnyFact[]>();
  for (const fact of all.flatMap(deed => deed.facts)) {
    const { stationId, workerId, volunteerId } = fact.data as Record<string, string>;
    if (fact.type === 'SocialWorkerAssigned' || fact.type === 'SocialWorkerReplaced') {
      const station = stations.get(stationId!);
      if (station?.stage !== 'open') found.push(`${fact.type} at a station that is not open`);
      else if ((station.workerId !== undefined) !== (fact.type === 'SocialWorkerReplaced')) found.push(`${fact.type} twice`);
    }
    if (fact.class.category === 'serviceStation')
      stations.set(stationId!, serviceStation.evolve(stations.get(stationId!) ?? serviceStation.initial, fact as never));
    if (fact.type === 'PostingStarted') {
      if (held.has(workerId!)) found.push('a worker leads two stations');
      held.set(workerId!, stationId!);
    }
    if (fact.type === 'PostingEnded') held.delete(workerId!);
    if (fact.class.category === 'volunteerLink') {
      const own = [...(linked.get(volunteerId!) ?? []), fact];
      linked.set(volunteerId!, own);
      const { active } = foldOf(volunteerLinks, own);
      const primaries = active.filter(({ primary }) => primary).length;
      // A primary link that ends hands its mark on in the fact behind it.
      if (fact.type !== 'VolunteerUnlinked' && active.length > 0 && primaries !== 1) found.push('not one primary station');
    }
  }
  return found;
}

test('the same plan gives the same province, another seed another one', () => {
  const again = told([...growthDeeds(plan)]);
  expect(again).toBe(told(deeds));
  expect(told([...growthDeeds({ ...plan, seed: 8 })])).not.toBe(again);
});

test('so many facts as were asked for, day by day over five years', () => {
  expect(facts.length).toBeGreaterThanOrEqual(plan.events);
  expect(facts.length).toBeLessThan(plan.events + 10);
  const days = deeds.map(({ on }) => on);
  expect(days).toEqual(days.toSorted());
  expect(days[0]).toBe(firstDay);
  expect(days.at(-1)).toBe(addDays(firstDay, daysOfGrowth - 1));
  expect(new Set(days).size).toBeGreaterThan(daysOfGrowth * 0.95);
});

test('every fact fits its shape, and every kind that five years bring is there', () => {
  expect(facts.flatMap(({ type, class: { shape }, data }) => misfits(shape, data).map(field => `${type}.${field}`))).toEqual([]);
  expect(new Set(facts.map(({ type }) => type)).size).toBeGreaterThan(28);
});

test('one street, one center; one community, one station', () => {
  const of = (type: string, field: string) => dataOf(type).map(data => data[field]);
  for (const [type, field] of [
    ['CenterSlotTaken', 'divisionId'],
    ['ServiceCenterEstablished', 'centerId'],
    ['CommunityCovered', 'divisionId'],
    ['ServiceStationOpened', 'stationId'],
  ] as const) {
    const all = of(type, field);
    expect(all.length).toBeGreaterThan(5);
    expect(new Set(all).size).toBe(all.length);
  }
  const known = new Set(jilinDivisions().divisions.map(({ code }) => divisionIdOf(code)));
  expect(deeds.every(({ division }) => known.has(division))).toBe(true);
});

test('one station, one social worker; one volunteer, one primary station', () => {
  expect(broken(deeds)).toEqual([]);
  const stations = streamsOf('serviceStation');
  for (const posted of streamsOf('posting').values()) {
    const { primary } = foldOf(postingStanding, posted);
    if (primary === undefined) continue;
    const station = foldOf(serviceStation, stations.get(`serviceStation-${primary}`)!);
    expect(`posting-${station.stage === 'open' || station.stage === 'suspended' ? station.workerId : ''}`).toBe(
      streamOfFact(posted[0]!),
    );
  }
});

test('a second worker at a staffed station would be noticed', () => {
  const assigned = deeds.find(deed => deed.facts[0]!.type === 'SocialWorkerAssigned')!;
  expect(broken([...deeds.slice(0, deeds.indexOf(assigned) + 1), assigned])).toEqual([
    'SocialWorkerAssigned twice',
    'a worker leads two stations',
  ]);
});

test('nobody is two people: ID numbers are valid and each has one record', () => {
  const people = [...dataOf('WorkerRegistered'), ...dataOf('VolunteerRegistered')];
  const numbers = people.map(({ idNumber }) => idNumber);
  expect(numbers.every(number => parseCitizenId(number) !== undefined)).toBe(true);
  expect(new Set(numbers).size).toBe(numbers.length);
  expect(new Set(people.map(({ personKeyId }) => personKeyId)).size).toBe(numbers.length);
});

describe('in a log', () => {
  const small = { seed: 7, events: 2_000 };
  const actor = simulationActor(small);
  const bring = (store: MemoryEventStore, more: Partial<Bringing> = {}) =>
    bringDeeds({
      store,
      seal: async some => some.map(({ data }) => JSON.parse(JSON.stringify(data)) as Record<string, unknown>),
      actor,
      deeds: growthDeeds(small),
      ...more,
    });
  const idsIn = async (store: MemoryEventStore) =>
    (await store.readAll('0', 100_000)).map(({ id, stream, revision }) => `${stream} ${revision} ${id}`);
  const dayOf = (some: readonly AnyFact[]): Deed => ({ facts: some, division: divisionIdOf('22'), on: firstDay });
  const divisions = jilinDivisions().divisions.map(
    ({ code, name, level, kind }) =>
      new DivisionDefined({ divisionId: divisionIdOf(code), code, name, level, kind, centreRequired: false }),
  );

  test('what was interrupted goes on to the same log', async () => {
    const [whole, cut] = [new MemoryEventStore(), new MemoryEventStore()];
    await bring(whole);
    const stop = new AbortController();
    const first = await bring(cut, { signal: stop.signal, say: written => written > 600 && stop.abort() });
    expect(first).toEqual({ facts: expect.any(Number) as number, interrupted: true });
    expect(first.facts).toBeLessThan(1_950);
    const written = await simulatedSoFar(cut);
    expect(written).toMatchObject({ facts: first.facts, actor });
    expect((await bring(cut, { written })).interrupted).toBe(false);
    expect(await idsIn(cut)).toEqual(await idsIn(whole));
    expect(await bring(cut, { written: await simulatedSoFar(cut) })).toMatchObject({ interrupted: false });
    expect(await cut.head()).toBe(await whole.head());
  });

  test('it does not go on with the deeds of another plan, nor behind the facts of others', async () => {
    const store = new MemoryEventStore();
    await bring(store);
    const written = (await simulatedSoFar(store))!;
    await expect(
      bring(store, { written, deeds: growthDeeds({ ...small, seed: 8 }), actor: simulationActor({ ...small, seed: 8 }) }),
    ).rejects.toThrow(OtherDeeds);
    await expect(bring(store, { written: { ...written, facts: written.facts - 1 } })).rejects.toThrow(OtherDeeds);
    await bring(store, { actor: 'somebody', deeds: [dayOf(divisions.slice(0, 1))] });
    expect(await simulatedSoFar(store)).toBeUndefined();
    expect(await isTrialOffice(store)).toBe(false);
  });

  test('only an office that has seen no more than its first day is filled', async () => {
    const store = new MemoryEventStore();
    expect(await isTrialOffice(store)).toBe(false);
    await bring(store, { actor: 'import', deeds: [dayOf(divisions)] });
    expect(await isTrialOffice(store)).toBe(true);
    await bring(store, {
      actor: 'staff',
      deeds: [dayOf(facts.filter(({ type }) => type === 'ServiceCenterEstablished').slice(0, 1))],
    });
    expect(await isTrialOffice(store)).toBe(false);
  });
});
