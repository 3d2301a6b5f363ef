import { centerStaff, registrar } from '@lib/access/roles.js';
import { dateColumn, listed, mostRows, numberColumn, sheetOf, textColumn } from '@lib/platform/cqrs/sheets.js';
import type { Words } from '@lib/platform/kernel/event.js';
import { volunteerRegister, type AskVolunteerRegister, type RegisteredVolunteer } from './volunteer.register.views.js';
import type { VolunteerStage } from './volunteer.views.js';

const stages: Readonly<Record<VolunteerStage, Words>> = {
  APPLIED: { zh: '待接纳', en: 'applied' },
  ACCEPTED: { zh: '已接纳', en: 'accepted' },
  DECLINED: { zh: '未接纳', en: 'declined' },
  SUSPENDED: { zh: '已暂停', en: 'suspended' },
  WITHDRAWN: { zh: '已退出', en: 'withdrawn' },
};

/** Center staff take 500 people at most; oversight needs a second person, for which there is no way yet. @source access.md, "Export list" */
export const volunteerSheet = sheetOf<RegisteredVolunteer, AskVolunteerRegister>()('volunteerSheet', volunteerRegister, {
  by: [
    { ...centerStaff, most: 500 },
    { ...registrar, most: mostRows },
  ],
  words: { zh: '志愿者名册', en: 'Volunteers' },
  about: ({ volunteerId, homeDivisionId }) => ({ id: volunteerId, divisionId: homeDivisionId }),
  filters: {
    q: { words: { zh: '查找', en: 'searched for' } },
    stage: { words: { zh: '状态', en: 'stage' }, values: stages },
    skill: { words: { zh: '技能', en: 'skill' } },
    field: { words: { zh: '服务领域', en: 'field of service' } },
    availability: { words: { zh: '可服务时段', en: 'has time' } },
    linked: { words: { zh: '已在站服务', en: 'serves a station' } },
    stationId: { words: { zh: '服务站', en: 'station' }, names: { table: 'serviceStation', key: 'stationId' } },
    divisionId: { words: { zh: '居住地', en: 'home' }, names: { table: 'division', key: 'divisionId' } },
  },
  columns: [
    textColumn('编号', 'Number', 13, ({ volunteerNo }) => volunteerNo),
    textColumn('姓名', 'Name', 12, ({ name }) => name),
    textColumn('状态', 'Stage', 10, ({ stage }, { language }) => stages[stage][language]),
    textColumn('手机号码', 'Phone', 14, ({ phone }) => phone),
    textColumn('居住地', 'Home', 16, ({ homeDivisionName }) => homeDivisionName),
    textColumn('主站', 'Primary station', 28, ({ primaryStationName }) => primaryStationName),
    numberColumn('服务站数', 'Stations', 10, ({ stations }) => stations),
    textColumn('技能', 'Skills', 26, ({ skills }, value) => listed(skills, value)),
    textColumn('意愿领域', 'Fields of service', 26, ({ fields }, value) => listed(fields, value)),
    textColumn('可服务时段', 'Has time', 26, ({ availability }, value) => listed(availability, value)),
    dateColumn('登记日期', 'Registered on', 12, ({ registeredOn }) => registeredOn),
  ],
});
