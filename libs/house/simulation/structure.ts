import {
  OperatingModelSet,
  operatingModels,
  ServiceCenterEstablished,
  ServiceCenterRenamed,
  StationJoinedCenter,
} from '@lib/service-network/service-center/service-center.events.js';
import { CenterSlotTaken } from '@lib/service-network/service-center/center-slot.events.js';
import { CommunityCovered } from '@lib/service-network/service-station/community-slot.events.js';
import {
  ServiceStationOpened,
  ServiceStationResumed,
  ServiceStationSuspended,
  StationServiceFieldsSet,
} from '@lib/service-network/service-station/service-station.events.js';
import { divisionIdOf } from '@lib/territory/division/division.js';
import { serviceFields } from '@lib/workforce/social-worker/social-worker.events.js';
import type { Deed } from './bring-deeds.js';
import { deedOf, daysOfGrowth, type Growing, type Happening } from './growing.js';
import { placesOf } from './places.js';

export interface Station {
  readonly stationId: string;
  /** Of its center. */
  readonly divisionId: string;
  open: boolean;
  /** Which worker leads it, by number; -1: nobody. */
  worker: number;
  fields: number;
}

export interface Township {
  readonly divisionId: string;
  readonly centerId: string;
  readonly name: string;
  readonly stations: Station[];
  renamed: number;
  model: number;
}

/** So many facts a town has, at least: a small simulation is a few towns, not a province of empty ones. */
const factsPerTownship = 1_000;
/** The last center is established when so much of the time is over. */
const buildUp = 0.4;

/** Centers and stations: which there are by now, which come next, and what happens to them. */
export function structureOf(growing: Growing, events: number) {
  const { by, today, idOf } = growing;
  const { townships: places, stations: sites } = placesOf({ within: '22' });
  const wanted = Math.max(1, Math.min(places.length, Math.floor(events / factsPerTownship)));
  // Spread over the province: every so-manieth place.
  const chosen = Array.from({ length: wanted }, (_, nth) => places[Math.floor((nth * places.length) / wanted)]!);
  const communitiesOf = new Map<string, (typeof sites)[number]['community'][]>(chosen.map(({ code }) => [code, []]));
  for (const { community, township } of sites) communitiesOf.get(township)?.push(community);

  const townships: Township[] = [];
  const stations: Station[] = [];
  const suspended: Station[] = [];
  const due: (() => Deed)[] = [];
  let founded = 0;

  const establish = (code: string, placeName: string) => (): Deed => {
    const divisionId = divisionIdOf(code);
    const centerId = idOf('center', code);
    const name = `${placeName}社工服务中心`;
    const township: Township = { divisionId, centerId, name, stations: [], renamed: 0, model: -1 };
    townships.push(township);
    for (const community of communitiesOf.get(code)!) due.push(openStation(township, community.code, community.name));
    const established = new ServiceCenterEstablished({ centerId, divisionId, name, establishedOn: today() });
    return deedOf(growing, divisionId, established, new CenterSlotTaken({ divisionId, centerId }));
  };

  const openStation = (township: Township, code: string, placeName: string) => (): Deed => {
    const stationId = idOf('station', code);
    const { centerId, divisionId } = township;
    const communityId = divisionIdOf(code);
    const station: Station = { stationId, divisionId, open: true, worker: -1, fields: 0 };
    stations.push(station);
    township.stations.push(station);
    return deedOf(
      growing,
      divisionId,
      new ServiceStationOpened({
        stationId,
        centerId,
        name: `${placeName}社工服务站`,
        communities: [communityId],
        serviceFields: by.some(serviceFields, 4),
        openedOn: today(),
      }),
      new StationJoinedCenter({ centerId, stationId }),
      new CommunityCovered({ divisionId: communityId, stationId }),
    );
  };

  const anyStation = () => (stations.length === 0 ? undefined : by.among(stations));
  const anyTownship = () => (townships.length === 0 ? undefined : by.among(townships));

  const happenings: readonly Happening[] = [
    {
      weight: 15,
      happens() {
        const station = anyStation();
        if (!station) return undefined;
        // Never those of the last time: the same again would be no fact.
        station.fields += 1;
        const first = serviceFields[station.fields % serviceFields.length]!;
        const second = serviceFields[(station.fields + 7) % serviceFields.length]!;
        const set = new StationServiceFieldsSet({ stationId: station.stationId, serviceFields: [first, second] });
        return deedOf(growing, station.divisionId, set);
      },
    },
    {
      weight: 1,
      happens() {
        const station = anyStation();
        if (!station?.open) return undefined;
        station.open = false;
        suspended.push(station);
        const { stationId } = station;
        return deedOf(
          growing,
          station.divisionId,
          new ServiceStationSuspended({ stationId, from: today(), reason: '场地维修,暂停服务' }),
        );
      },
    },
    {
      weight: 2,
      happens() {
        const station = suspended.shift();
        if (!station) return undefined;
        station.open = true;
        return deedOf(growing, station.divisionId, new ServiceStationResumed({ stationId: station.stationId, from: today() }));
      },
    },
    {
      weight: 0.5,
      happens() {
        const township = anyTownship();
        if (!township) return undefined;
        township.renamed += 1;
        const { centerId, name, renamed } = township;
        const again = new ServiceCenterRenamed({ centerId, name: renamed % 2 === 1 ? `${name}(综合)` : name });
        return deedOf(growing, township.divisionId, again);
      },
    },
    {
      weight: 0.5,
      happens() {
        const township = anyTownship();
        if (!township) return undefined;
        township.model = (township.model + 1) % operatingModels.length;
        const { centerId, divisionId, model } = township;
        return deedOf(growing, divisionId, new OperatingModelSet({ centerId, operatingModel: operatingModels[model]! }));
      },
    },
  ];

  return {
    happenings,
    townships: townships as readonly Township[],
    stations: stations as readonly Station[],
    anyStation,
    anyTownship,
    /** Centers that this day brings are due. */
    reaches(day: number): void {
      const until = Math.min(wanted, Math.floor((wanted * day) / (daysOfGrowth * buildUp)) + 1);
      for (; founded < until; founded += 1) {
        const { code, name } = chosen[founded]!;
        due.push(establish(code, name));
      }
    },
    /** The next center or station that is due. */
    opens: (): Deed | undefined => due.shift()?.(),
  };
}

export type Structure = ReturnType<typeof structureOf>;
