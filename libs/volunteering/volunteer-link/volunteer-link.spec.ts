import * as fc from 'fast-check';
import { Refusal } from '@lib/platform/kernel/decision.js';
import type { AnyFact } from '@lib/platform/kernel/event.js';
import type { Readings } from '@lib/platform/kernel/policy.js';
import type { About } from '@lib/platform/kernel/projection.js';
import { after, circumstances, given, today } from '@lib/platform/testing/given.js';
import { ServiceCenterEstablished } from '@lib/service-network/service-center/service-center.events.js';
import {
  ServiceStationClosed,
  ServiceStationOpened,
  ServiceStationSuspended,
} from '@lib/service-network/service-station/service-station.events.js';
import { VolunteerAccepted, VolunteerRegistered, VolunteerSuspended } from '../volunteer/volunteer.events.js';
import { volunteer } from '../volunteer/volunteer.js';
import {
  linkVolunteer,
  setPrimaryStation,
  TransferVolunteer,
  transferVolunteer,
  UnlinkVolunteer,
  unlinkVolunteer,
} from './volunteer-link.commands.js';
import { PrimaryStationSet, VolunteerLinkedToStation, VolunteerTransferred, VolunteerUnlinked } from './volunteer-link.events.js';
import { centerStanding, stationStanding, volunteerLinks } from './volunteer-link.js';
import { releaseVolunteersOfClosedStation } from './volunteer-link.policies.js';

const uuid = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
const [volunteerId, danying, beishan, jinxue, centerId, street, otherVolunteer] = Array.from({ length: 7 }, (_, n) =>
  uuid(n + 1),
) as [string, string, string, string, string, string, string];
const earlier = '2026-02-01';

const registered = new VolunteerRegistered({
  volunteerId,
  homeDivisionId: street,
  name: '金顺姬',
  birthYear: 1985,
  idNumber: '22240119850101002X',
  phone: '13843350002',
  phoneTail: '0002',
  skills: [],
  fields: [],
  registeredOn: earlier,
  personKeyId: uuid(99),
});
const acceptance = new VolunteerAccepted({ volunteerId, volunteerNo: 'V00000000', on: earlier });
const accepted = after(volunteer, registered, acceptance);
const suspended = after(
  volunteer,
  registered,
  acceptance,
  new VolunteerSuspended({ volunteerId, from: earlier, reason: '投诉' }),
);

const opened = (stationId: string) =>
  new ServiceStationOpened({
    stationId,
    centerId,
    name: '丹英',
    communities: [],
    serviceFields: [],
    openedOn: earlier,
  });
const closing = (volunteersFollow: boolean, successorId?: string) =>
  new ServiceStationClosed({ stationId: danying, centerId, on: today, reason: '社区合并', successorId, volunteersFollow });
const station = after(stationStanding, opened(danying));
const closed = after(stationStanding, opened(danying), closing(false));
const center = after(
  centerStanding,
  new ServiceCenterEstablished({ centerId, divisionId: street, name: '北山', establishedOn: earlier }),
);

const link = (stationId: string, primary: boolean, from = earlier) =>
  new VolunteerLinkedToStation({ volunteerId, stationId, from, primary });
const links = (...facts: AnyFact[]) => after(volunteerLinks, ...facts);
const none = volunteerLinks.initial;
const at = { station, center };

describe('linking a volunteer', () => {
  test('the first station is the primary one', () =>
    given({ ...at, volunteer: accepted, links: none })
      .when(linkVolunteer, { volunteerId, stationId: danying })
      .then(link(danying, true, today)));
  test('a volunteer serves several stations; the primary one stays', () =>
    given({ ...at, volunteer: accepted, links: links(link(beishan, true)) })
      .when(linkVolunteer, { volunteerId, stationId: danying })
      .then(link(danying, false, today)));
  test('linking as primary moves the mark', () =>
    given({ ...at, volunteer: accepted, links: links(link(beishan, true)) })
      .when(linkVolunteer, { volunteerId, stationId: danying, primary: true })
      .then(
        link(danying, false, today),
        new PrimaryStationSet({ volunteerId, stationId: danying, formerStationId: beishan, from: today }),
      ));
  test('a link that there is can be made the primary one', () =>
    given({ ...at, volunteer: accepted, links: links(link(beishan, true), link(danying, false)) })
      .when(linkVolunteer, { volunteerId, stationId: danying, primary: true })
      .then(new PrimaryStationSet({ volunteerId, stationId: danying, formerStationId: beishan, from: today })));
  test('the same link again is nothing new', () =>
    given({ ...at, volunteer: suspended, links: links(link(danying, true)) })
      .when(linkVolunteer, { volunteerId, stationId: danying, primary: true })
      .nothing());
  test('after its end the same pair may be linked again as a new period', () =>
    given({
      ...at,
      volunteer: accepted,
      links: links(
        link(danying, true),
        new VolunteerUnlinked({ volunteerId, stationId: danying, until: '2026-02-10', because: 'OWN_WISH', primary: true }),
      ),
    })
      .when(linkVolunteer, { volunteerId, stationId: danying })
      .then(link(danying, true, today)));
  test('an applicant and a suspended volunteer are not linked', () => {
    for (const person of [after(volunteer, registered), suspended, volunteer.initial]) {
      given({ ...at, volunteer: person, links: none })
        .when(linkVolunteer, { volunteerId, stationId: danying })
        .refused('volunteer-not-accepted');
    }
  });
  test('a station that is suspended, closed or unknown takes no volunteers', () => {
    const stopped = after(
      stationStanding,
      opened(danying),
      new ServiceStationSuspended({ stationId: danying, from: today, reason: '维修' }),
    );
    for (const shut of [stopped, closed, stationStanding.initial]) {
      given({ center, station: shut, volunteer: accepted, links: none })
        .when(linkVolunteer, { volunteerId, stationId: danying })
        .refused('station-not-open-to-volunteers');
    }
  });
});

describe('unlinking a volunteer', () => {
  const unlinked = (stationId: string, primary: boolean) =>
    new VolunteerUnlinked({ volunteerId, stationId, until: today, because: 'OWN_WISH', primary });

  test('the last link ends', () =>
    given({ ...at, links: links(link(danying, true)) })
      .when(unlinkVolunteer, { volunteerId, stationId: danying, because: 'OWN_WISH' })
      .then(unlinked(danying, true)));
  test('when the primary one ends, the one that is linked longest takes its place', () =>
    given({ ...at, links: links(link(danying, true), link(jinxue, false, '2026-02-20'), link(beishan, false, '2026-02-15')) })
      .when(unlinkVolunteer, { volunteerId, stationId: danying, because: 'OWN_WISH' })
      .then(unlinked(danying, true), new PrimaryStationSet({ volunteerId, stationId: beishan, from: today })));
  test('or the one that is named', () =>
    given({ ...at, links: links(link(danying, true), link(jinxue, false, '2026-02-20'), link(beishan, false, '2026-02-15')) })
      .when(unlinkVolunteer, { volunteerId, stationId: danying, nextPrimaryStationId: jinxue, because: 'OWN_WISH' })
      .then(unlinked(danying, true), new PrimaryStationSet({ volunteerId, stationId: jinxue, from: today })));
  test('when another one ends, the primary one stays', () =>
    given({ ...at, links: links(link(beishan, true), link(danying, false)) })
      .when(unlinkVolunteer, { volunteerId, stationId: danying, because: 'OWN_WISH' })
      .then(unlinked(danying, false)));
  test('a link that is not there is nothing to end', () =>
    given({ ...at, links: links(link(beishan, true)) })
      .when(unlinkVolunteer, { volunteerId, stationId: danying })
      .nothing());
  test('a station to which the volunteer is not linked cannot be the next primary one', () =>
    given({ ...at, links: links(link(danying, true)) })
      .when(unlinkVolunteer, { volunteerId, stationId: danying, nextPrimaryStationId: jinxue })
      .refused('volunteer-not-linked'));
  test('no link ends before it began, unless its station had been closed by then', () => {
    const states = { ...at, links: links(link(danying, true, today)) };
    const unlink = { volunteerId, stationId: danying, because: 'STATION_CLOSED' as const };
    given(states).when(unlinkVolunteer, unlink, { on: earlier }).refused('link-began-later');
    given({ ...states, station: closed })
      .when(unlinkVolunteer, unlink, { on: earlier })
      .then(new VolunteerUnlinked({ ...unlink, until: earlier, primary: true }));
  });
});

describe('the primary station', () => {
  test('it is set to another one of the stations', () =>
    given({ ...at, links: links(link(beishan, true), link(danying, false)) })
      .when(setPrimaryStation, { volunteerId, stationId: danying })
      .then(new PrimaryStationSet({ volunteerId, stationId: danying, formerStationId: beishan, from: today })));
  test('setting it again is nothing new', () =>
    given({ ...at, links: links(link(danying, true)) })
      .when(setPrimaryStation, { volunteerId, stationId: danying })
      .nothing());
  test('a station without a link is not the primary one', () =>
    given({ ...at, links: links(link(beishan, true)) })
      .when(setPrimaryStation, { volunteerId, stationId: danying })
      .refused('volunteer-not-linked'));
});

describe('a transfer', () => {
  const transfer = { volunteerId, fromStationId: danying, toStationId: beishan };
  const both = { volunteer: accepted, fromStation: station, toStation: after(stationStanding, opened(beishan)), center };

  test('ends one link and begins the other; the primary mark goes along', () =>
    given({ ...both, links: links(link(danying, true)) })
      .when(transferVolunteer, transfer)
      .then(new VolunteerTransferred({ ...transfer, on: today, primary: true })));
  test('to a station that the volunteer serves already only ends the other link', () =>
    given({ ...both, links: links(link(jinxue, false), link(danying, true), link(beishan, false)) })
      .when(transferVolunteer, transfer)
      .then(
        new VolunteerUnlinked({ volunteerId, stationId: danying, until: today, because: 'TRANSFERRED', primary: true }),
        new PrimaryStationSet({ volunteerId, stationId: beishan, from: today }),
      ));
  test('from a closed station is possible, for a suspended volunteer too', () =>
    given({ ...both, volunteer: suspended, fromStation: closed, links: links(link(danying, true)) })
      .when(transferVolunteer, transfer)
      .then(new VolunteerTransferred({ ...transfer, on: today, primary: true })));
  test('that was made is nothing new', () =>
    given({ ...both, links: links(link(beishan, true)) })
      .when(transferVolunteer, transfer)
      .nothing());
  test('to a closed station is refused', () =>
    given({ ...both, toStation: closed, links: links(link(danying, true)) })
      .when(transferVolunteer, transfer)
      .refused('station-not-open-to-volunteers'));
  test('of a suspended volunteer from an open station is refused', () =>
    given({ ...both, volunteer: suspended, links: links(link(danying, true)) })
      .when(transferVolunteer, transfer)
      .refused('volunteer-not-accepted'));
  test('needs a link to begin with', () =>
    given({ ...both, links: links(link(jinxue, true)) })
      .when(transferVolunteer, transfer)
      .refused('volunteer-not-linked'));
});

test('whatever is asked, in whatever order: who serves a station has exactly one primary station', () => {
  const stations = Array.from({ length: 4 }, (_, n) => uuid(n + 20));
  const anyStation = fc.constantFrom(...stations);
  const anyStep = fc.oneof(
    fc.record({ ask: fc.constant('link' as const), stationId: anyStation, primary: fc.boolean() }),
    fc.record({
      ask: fc.constant('unlink' as const),
      stationId: anyStation,
      next: fc.option(anyStation, { nil: undefined }),
      isClosed: fc.boolean(),
    }),
    fc.record({ ask: fc.constant('primary' as const), stationId: anyStation }),
    fc.record({ ask: fc.constant('transfer' as const), stationId: anyStation, to: anyStation, isClosed: fc.boolean() }),
  );
  const anyDay = fc.constantFrom('2026-02-20', '2026-02-25', today);
  fc.assert(
    fc.property(fc.array(fc.tuple(anyStep, anyDay), { maxLength: 40, size: 'max' }), steps => {
      const facts: AnyFact[] = [];
      for (const [step, on] of steps) {
        const before = links(...facts);
        const when = { ...circumstances, on };
        const { stationId } = step;
        const here = { links: before, station, center, volunteer: accepted };
        const decide = () => {
          switch (step.ask) {
            case 'link':
              return linkVolunteer({ volunteerId, stationId, primary: step.primary }, here, when);
            case 'unlink':
              return unlinkVolunteer(
                { volunteerId, stationId, ...(step.next ? { nextPrimaryStationId: step.next } : {}) },
                { ...here, station: step.isClosed ? closed : station },
                when,
              );
            case 'primary':
              return setPrimaryStation({ volunteerId, stationId }, here, when);
            case 'transfer': {
              const fromStation = step.isClosed ? closed : station;
              const transfer = { volunteerId, fromStationId: stationId, toStationId: step.to };
              return transferVolunteer(transfer, { ...here, fromStation, toStation: station }, when);
            }
          }
        };
        try {
          facts.push(...decide());
        } catch (error) {
          if (!(error instanceof Refusal)) throw error;
        }
        const { active } = links(...facts);
        expect(active.filter(({ primary }) => primary)).toHaveLength(Math.min(1, active.length));
        expect(new Set(active.map(one => one.stationId)).size).toBe(active.length);
      }
    }),
    { numRuns: 300 },
  );
});

describe('when a station closes', () => {
  const about: About = { position: '7', stream: '', revision: 0, recordedAt: '', on: today, actor: 'staff' };
  const readings = (...volunteerIds: string[]): Readings => ({
    state: () => Promise.reject(new Error('no stream is asked')),
    rows: async (table, where) => {
      expect([table, where]).toEqual(['volunteerLink', { stationId: danying }]);
      return volunteerIds.map(id => ({ volunteerId: id, stationId: danying })) as never;
    },
  });
  const responseTo = async (fact: ServiceStationClosed, ...volunteerIds: string[]) =>
    releaseVolunteersOfClosedStation.respond(fact.data as never, readings(...volunteerIds), about);

  test('its volunteers follow to the successor, if the hand-over plan says so', async () => {
    const commands = await responseTo(closing(true, beishan), otherVolunteer, volunteerId);
    expect(commands.every(command => command instanceof TransferVolunteer)).toBe(true);
    expect(commands).toEqual([
      { volunteerId, fromStationId: danying, toStationId: beishan },
      { volunteerId: otherVolunteer, fromStationId: danying, toStationId: beishan },
    ]);
  });
  test('else their links end', async () => {
    for (const fact of [closing(false), closing(false, beishan)]) {
      const commands = await responseTo(fact, volunteerId);
      expect(commands[0]).toBeInstanceOf(UnlinkVolunteer);
      expect(commands).toEqual([{ volunteerId, stationId: danying, because: 'STATION_CLOSED' }]);
    }
  });
  test('a station without volunteers asks for nothing', async () => expect(await responseTo(closing(true, beishan))).toEqual([]));
});
