import { centerConformance, divisionConformance, stationConformance } from './conformance.js';

const station = { stage: 'OPEN', staffed: true, acting: false, volunteers: 2 };
const center = { stage: 'ACTIVE', divisionActive: true, stations: 2, redStations: 0 };
const division = { townships: 3, townshipsWithCenter: 3, redStations: 0, surplusCenters: 0, emptyCenters: 0 };

test('a station with its worker and two volunteers is green', () =>
  expect(stationConformance(station)).toEqual({ colour: 'green', reasons: [] }));
test('a station without worker, or with fewer than two volunteers, is red and says why', () =>
  expect(stationConformance({ ...station, staffed: false, volunteers: 1 })).toEqual({
    colour: 'red',
    reasons: ['STATION_WITHOUT_WORKER', 'STATION_WITH_FEW_VOLUNTEERS'],
  }));
test('a station that somebody acts for, or that is suspended, is amber', () => {
  expect(stationConformance({ ...station, staffed: false, acting: true }).colour).toBe('amber');
  expect(stationConformance({ ...station, stage: 'SUSPENDED' }).reasons).toEqual(['STATION_SUSPENDED']);
});
test('of a closed station or center nothing is asked', () => {
  expect(stationConformance({ ...station, stage: 'CLOSED', staffed: false }).colour).toBe('grey');
  expect(centerConformance({ ...center, stage: 'CLOSED', stations: 0 }).colour).toBe('grey');
});
test('a center without station, or whose street has ended, is red', () => {
  expect(centerConformance({ ...center, stations: 0 }).reasons).toEqual(['CENTER_WITHOUT_STATION']);
  expect(centerConformance({ ...center, divisionActive: false }).reasons).toEqual(['CENTER_SURPLUS']);
});
test('a center with red stations is amber', () => expect(centerConformance({ ...center, redStations: 1 }).colour).toBe('amber'));
test('a division is red while a street of it has no center, and grey where none is asked', () => {
  expect(divisionConformance({ ...division, townshipsWithCenter: 2 }).colour).toBe('red');
  expect(
    divisionConformance({ townships: 0, townshipsWithCenter: 0, redStations: 0, surplusCenters: 0, emptyCenters: 0 }).colour,
  ).toBe('grey');
  expect(divisionConformance(division).colour).toBe('green');
  expect(divisionConformance({ ...division, emptyCenters: 1 })).toEqual({ colour: 'amber', reasons: ['CENTER_WITHOUT_STATION'] });
});
