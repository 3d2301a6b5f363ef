/** How far the structure is what the plan asks for. Colours are states, not rules: a station may be open and unstaffed, but is red. @source 三(二)2 */

/** green: as the plan asks · amber: for the time being · red: something is missing · grey: nothing is asked. */
export type Colour = 'green' | 'amber' | 'red' | 'grey';

/** "Several volunteers": at least so many. */
export const fewestVolunteers = 2;

export interface Conformance {
  readonly colour: Colour;
  readonly reasons: string[];
}

const judge = (red: readonly string[], amber: readonly string[]): Conformance => ({
  colour: red.length > 0 ? 'red' : amber.length > 0 ? 'amber' : 'green',
  reasons: [...red, ...amber],
});

const when = (holds: boolean, reason: string) => (holds ? [reason] : []);

export interface StationFigures {
  readonly stage: string;
  readonly staffed: boolean;
  readonly acting: boolean;
  readonly volunteers: number;
}

export function stationConformance({ stage, staffed, acting, volunteers }: StationFigures): Conformance {
  if (stage === 'CLOSED') return { colour: 'grey', reasons: [] };
  return judge(
    [
      ...when(!staffed && !acting, 'STATION_WITHOUT_WORKER'),
      ...when(volunteers < fewestVolunteers, 'STATION_WITH_FEW_VOLUNTEERS'),
    ],
    [...when(!staffed && acting, 'STATION_WITH_ACTING_WORKER'), ...when(stage === 'SUSPENDED', 'STATION_SUSPENDED')],
  );
}

export interface CenterFigures {
  readonly stage: string;
  /** False when its street or town has ended, as by a merger. */
  readonly divisionActive: boolean;
  readonly stations: number;
  readonly redStations: number;
}

export function centerConformance({ stage, divisionActive, stations, redStations }: CenterFigures): Conformance {
  if (stage === 'CLOSED') return { colour: 'grey', reasons: [] };
  return judge(
    [...when(!divisionActive, 'CENTER_SURPLUS'), ...when(stations === 0, 'CENTER_WITHOUT_STATION')],
    [...when(stage === 'SUSPENDED', 'CENTER_SUSPENDED'), ...when(redStations > 0, 'STATIONS_RED')],
  );
}

export interface DivisionFigures {
  /** Streets and towns that must have a center. */
  readonly townships: number;
  readonly townshipsWithCenter: number;
  readonly redStations: number;
  readonly surplusCenters: number;
  /** Centers without any station. */
  readonly emptyCenters: number;
}

export function divisionConformance({
  townships,
  townshipsWithCenter,
  redStations,
  surplusCenters,
  emptyCenters,
}: DivisionFigures): Conformance {
  if (townships + redStations + surplusCenters + emptyCenters === 0) return { colour: 'grey', reasons: [] };
  return judge(
    [...when(townshipsWithCenter < townships, 'TOWNSHIP_WITHOUT_CENTER'), ...when(surplusCenters > 0, 'CENTER_SURPLUS')],
    [...when(emptyCenters > 0, 'CENTER_WITHOUT_STATION'), ...when(redStations > 0, 'STATIONS_RED')],
  );
}
