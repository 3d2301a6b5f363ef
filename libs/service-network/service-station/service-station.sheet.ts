import { centerStaff, oversight, registrar } from '@lib/access/roles.js';
import { dateColumn, listed, mostRows, numberColumn, sheetOf, textColumn } from '@lib/platform/cqrs/sheets.js';
import type { Words } from '@lib/platform/kernel/event.js';
import { stationRegister, type AskStationRegister, type RegisteredStation } from './service-station.register.views.js';

const words: Readonly<Record<string, Words>> = {
  OPEN: { zh: '开放', en: 'open' },
  SUSPENDED: { zh: '已暂停', en: 'suspended' },
  CLOSED: { zh: '已关闭', en: 'closed' },
  green: { zh: '达标', en: 'in order' },
  amber: { zh: '留意', en: 'watch' },
  red: { zh: '待办', en: 'to do' },
  grey: { zh: '不评', en: 'not judged' },
  STATION_WITHOUT_WORKER: { zh: '没有社工', en: 'no worker' },
  STATION_WITH_FEW_VOLUNTEERS: { zh: '志愿者不足两人', en: 'fewer than two volunteers' },
  STATION_WITH_ACTING_WORKER: { zh: '由他人代理', en: 'an acting worker' },
  STATION_SUSPENDED: { zh: '服务站暂停中', en: 'station suspended' },
};
const called = (value: unknown, language: 'zh' | 'en') => words[String(value)]?.[language] ?? String(value);

/** A structure of few names: who may see it all may take it all. @source access.md, "Export list" */
export const stationSheet = sheetOf<RegisteredStation, AskStationRegister>()('stationSheet', stationRegister, {
  by: [
    { ...centerStaff, most: mostRows },
    { ...registrar, most: mostRows },
    { ...oversight, most: mostRows },
  ],
  words: { zh: '服务站名册', en: 'Stations' },
  about: ({ stationId, divisionId }) => ({ id: stationId, divisionId }),
  filters: {
    stage: { words: { zh: '状态', en: 'stage' }, values: words },
    centerId: { words: { zh: '服务中心', en: 'center' }, names: { table: 'serviceCenter', key: 'centerId' } },
    divisionId: { words: { zh: '区划', en: 'division' }, names: { table: 'division', key: 'divisionId' } },
  },
  columns: [
    textColumn('服务站', 'Station', 28, ({ name }) => name),
    textColumn('服务中心', 'Center', 26, ({ centerName }) => centerName),
    textColumn('街镇', 'Street or town', 14, ({ divisionName }) => divisionName),
    textColumn('状态', 'Stage', 10, ({ stage }, { language }) => called(stage, language)),
    textColumn('社工', 'Worker', 12, ({ workerName }) => workerName),
    textColumn('代理社工', 'Acting worker', 12, ({ actingWorkerName }) => actingWorkerName),
    dateColumn('代理至', 'Acting until', 12, ({ actingUntil }) => actingUntil),
    numberColumn('志愿者人数', 'Volunteers', 10, ({ volunteers }) => volunteers),
    textColumn('达标情况', 'Conformance', 12, ({ colour }, { language }) => called(colour, language)),
    textColumn('原因', 'Reasons', 26, ({ reasons }, value) => listed(reasons, { ...value, called })),
    textColumn('覆盖社区', 'Communities', 34, ({ communities }, value) => listed(communities, { ...value, called: String })),
    textColumn('服务领域', 'Fields of service', 26, ({ serviceFields }, value) => listed(serviceFields, value)),
    dateColumn('开设日期', 'Opened on', 12, ({ openedOn }) => openedOn),
  ],
});
