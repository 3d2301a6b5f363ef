import { centerStaff, registrar } from '@lib/access/roles.js';
import { dateColumn, mostRows, sheetOf, textColumn } from '@lib/platform/cqrs/sheets.js';
import type { Words } from '@lib/platform/kernel/event.js';
import { workerRegister, type RegisteredWorker, type WorkerRegisterAsk } from './social-worker.register.views.js';
import type { WorkerStage } from './social-worker.views.js';

const stages: Readonly<Record<WorkerStage, Words>> = {
  ACTIVE: { zh: '在册', en: 'active' },
  SUSPENDED: { zh: '已暂停', en: 'suspended' },
  RETIRED: { zh: '已退休', en: 'retired' },
};

/** Center staff take 500 people at most; oversight needs a second person, for which there is no way yet. @source access.md, "Export list" */
export const workerSheet = sheetOf<RegisteredWorker, WorkerRegisterAsk>()('workerSheet', workerRegister, {
  by: [
    { ...centerStaff, most: 500 },
    { ...registrar, most: mostRows },
  ],
  words: { zh: '社工名册', en: 'Social workers' },
  about: ({ workerId, homeDivisionId }) => ({ id: workerId, divisionId: homeDivisionId }),
  filters: {
    q: { words: { zh: '查找', en: 'searched for' } },
    level: { words: { zh: '级别', en: 'level' } },
    status: { words: { zh: '专业状态', en: 'professional status' } },
    stage: { words: { zh: '状态', en: 'stage' }, values: stages },
    specialism: { words: { zh: '专长', en: 'specialism' } },
    posted: { words: { zh: '已驻站', en: 'in charge of a station' } },
    stationId: { words: { zh: '服务站', en: 'station' }, names: { table: 'serviceStation', key: 'stationId' } },
    divisionId: { words: { zh: '所属区划', en: 'home' }, names: { table: 'division', key: 'divisionId' } },
  },
  columns: [
    textColumn('姓名', 'Name', 12, ({ name }) => name),
    textColumn('状态', 'Stage', 10, ({ stage }, { language }) => stages[stage][language]),
    textColumn('级别', 'Level', 18, ({ level }, { called, language }) => level && called(level, language)),
    textColumn('专业状态', 'Professional status', 16, ({ status }, { called, language }) => called(status, language)),
    textColumn('服务站', 'Station', 28, ({ stationName }) => stationName),
    textColumn('所属区划', 'Home', 16, ({ homeDivisionName }) => homeDivisionName),
    textColumn('手机号码', 'Phone', 14, ({ phone }) => phone),
    dateColumn('登记日期', 'Registered on', 12, ({ registeredOn }) => registeredOn),
  ],
});
