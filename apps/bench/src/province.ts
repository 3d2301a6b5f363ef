import { ServiceCenterEstablished, StationJoinedCenter } from '@lib/service-network/service-center/service-center.events.js';
import { CenterSlotTaken } from '@lib/service-network/service-center/center-slot.events.js';
import { ServiceStationOpened } from '@lib/service-network/service-station/service-station.events.js';
import { DivisionDefined } from '@lib/territory/division/division.events.js';
import { divisionIdOf } from '@lib/territory/division/division.js';
import { streamOfFact, type AnyFact } from '@lib/platform/kernel/event.js';
import { namespaces, uuidV5 } from '@lib/platform/kernel/uuid.js';
import { appendOf, type EventStore, type NewEvent } from '@lib/platform/event-store/event-store.js';

const openedOn = '2026-01-05';

/** Writes facts without personal fields as one append on streams that do not exist yet. */
export async function found(store: EventStore, facts: readonly AnyFact[], division: string): Promise<void> {
  const byStream = new Map<string, NewEvent[]>();
  for (const fact of facts) {
    const stream = streamOfFact(fact);
    const events = byStream.get(stream) ?? [];
    const commandId = uuidV5(namespaces.command, `bench ${stream}`);
    events.push({
      id: uuidV5(namespaces.event, `${commandId} ${events.length}`),
      type: fact.type,
      metadata: {
        actor: 'bench',
        actorRole: 'system',
        commandId,
        effectiveOn: openedOn,
        division,
        version: String(fact.class.version),
      },
      data: JSON.parse(JSON.stringify(fact.data)) as Record<string, unknown>,
    });
    byStream.set(stream, events);
  }
  await store.append(
    appendOf(
      [...byStream].map(([stream, events]) => ({ stream, expected: -1, events })),
      [],
    ),
  );
}

export const stationIdOf = (nth: number) => uuidV5(namespaces.command, `bench station ${nth}`);

/** A street of a pilot with one center and as many stations as are asked for. */
export async function foundProvince(store: EventStore, { stations }: { readonly stations: number }) {
  const [province, prefecture, county, street] = ['22', '2224', '222401', '222401002'].map(divisionIdOf) as [
    string,
    string,
    string,
    string,
  ];
  const define = (
    divisionId: string,
    code: string,
    name: string,
    level: 'PROVINCE' | 'PREFECTURE' | 'COUNTY' | 'TOWNSHIP',
    parentId?: string,
  ) =>
    new DivisionDefined({
      divisionId,
      code,
      name,
      level,
      kind: level === 'TOWNSHIP' ? 'SUBDISTRICT' : level,
      parentId,
      centreRequired: level === 'TOWNSHIP',
    });
  await found(
    store,
    [
      define(province, '22', '吉林省', 'PROVINCE'),
      define(prefecture, '2224', '延边朝鲜族自治州', 'PREFECTURE', province),
      define(county, '222401', '延吉市', 'COUNTY', prefecture),
      define(street, '222401002', '北山街道', 'TOWNSHIP', county),
    ],
    street,
  );
  const centerId = uuidV5(namespaces.command, 'bench center');
  const ids = Array.from({ length: stations }, (_, nth) => stationIdOf(nth));
  await found(
    store,
    [
      new ServiceCenterEstablished({ centerId, divisionId: street, name: '北山街道社工服务中心', establishedOn: openedOn }),
      new CenterSlotTaken({ divisionId: street, centerId }),
      ...ids.map(stationId => new StationJoinedCenter({ centerId, stationId })),
      ...ids.map(
        (stationId, nth) =>
          new ServiceStationOpened({
            stationId,
            centerId,
            name: `第${nth + 1}社工服务站`,
            communities: [],
            serviceFields: [],
            openedOn,
          }),
      ),
    ],
    street,
  );
  return { stations: ids, divisionId: street };
}
