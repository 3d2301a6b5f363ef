import type { Words } from '@lib/platform/kernel/event.js';

const weekdays = {
  MONDAY: '周一',
  TUESDAY: '周二',
  WEDNESDAY: '周三',
  THURSDAY: '周四',
  FRIDAY: '周五',
  SATURDAY: '周六',
  SUNDAY: '周日',
};
const partsOfDay = { MORNING: '上午', AFTERNOON: '下午', EVENING: '晚上' };

const weeklySlots = Object.fromEntries(
  Object.entries(weekdays).flatMap(([day, zhDay]) =>
    Object.entries(partsOfDay).map(([part, zhPart]): [string, Words] => [
      `${day}_${part}`,
      { zh: `${zhDay}${zhPart}`, en: `${day[0]}${day.slice(1).toLowerCase()} ${part.toLowerCase()}` },
    ]),
  ),
);

/** What stored values are called, in both languages. A value means the same wherever it stands. */
export const labels: Readonly<Record<string, Words>> = {
  true: { zh: '是', en: 'yes' },
  false: { zh: '否', en: 'no' },

  WORKER: { zh: '社工', en: 'worker' },
  VOLUNTEER: { zh: '志愿者', en: 'volunteer' },

  GOV_PURCHASED: { zh: '政府购买服务', en: 'purchased by the government' },
  IN_HOUSE_CONVERTED: { zh: '体制内转换提升', en: 'converted in house' },
  COMMITTEE_CONCURRENT: { zh: '村居委会兼办', en: 'held by the residents’ committee' },

  TRANSFER: { zh: '调动', en: 'transfer' },
  LEAVE: { zh: '离岗', en: 'leave' },
  WORKER_SUSPENDED: { zh: '社工被暂停', en: 'the worker was suspended' },
  WORKER_RETIRED: { zh: '社工退休', en: 'the worker retired' },
  STATION_CLOSED: { zh: '服务站关闭', en: 'the station closed' },
  OWN_WISH: { zh: '本人意愿', en: 'own wish' },
  MOVED_AWAY: { zh: '迁居', en: 'moved away' },
  TRANSFERRED: { zh: '转站', en: 'transferred' },
  STAFF_DECISION: { zh: '工作人员决定', en: 'decision of the staff' },
  VOLUNTEER_WITHDRAWN: { zh: '志愿者退出', en: 'the volunteer withdrew' },
  OTHER: { zh: '其他', en: 'other' },

  SOCIAL_ASSISTANCE: { zh: '社会救助', en: 'social assistance' },
  SOCIAL_WELFARE: { zh: '社会福利', en: 'social welfare' },
  COMMUNITY_BUILDING: { zh: '社区建设', en: 'community building' },
  VETERANS_PLACEMENT: { zh: '优抚安置', en: 'veterans’ placement' },
  CHARITY: { zh: '慈善事业', en: 'charity' },
  DISASTER_RELIEF: { zh: '减灾救灾', en: 'disaster relief' },
  HEALTH: { zh: '医疗卫生', en: 'health' },
  JUDICIAL_CORRECTION: { zh: '司法矫正', en: 'judicial correction' },
  EMPLOYMENT: { zh: '就业服务', en: 'employment' },
  EDUCATION_GUIDANCE: { zh: '教育辅导', en: 'education guidance' },
  TRADE_UNION: { zh: '工会', en: 'trade union' },
  YOUTH_LEAGUE: { zh: '共青团', en: 'youth league' },
  WOMENS_FEDERATION: { zh: '妇联', en: 'women’s federation' },
  ELDERLY: { zh: '老年人', en: 'the elderly' },
  DISABLED: { zh: '残疾人', en: 'people with disabilities' },
  YOUTH: { zh: '青少年', en: 'youth' },
  WOMEN_AND_CHILDREN: { zh: '妇女儿童', en: 'women and children' },
  MIGRANTS: { zh: '流动人员', en: 'migrants' },
  MARRIAGE_AND_FAMILY: { zh: '婚姻家庭', en: 'marriage and family' },

  PROVINCE: { zh: '省', en: 'province' },
  PREFECTURE: { zh: '市州', en: 'prefecture' },
  COUNTY: { zh: '县(市、区)', en: 'county' },
  STATISTICAL_ZONE: { zh: '统计用区', en: 'statistical zone' },
  SUBDISTRICT: { zh: '街道', en: 'subdistrict' },
  TOWN: { zh: '镇', en: 'town' },
  TOWNSHIP: { zh: '乡', en: 'township' },
  ETHNIC_TOWNSHIP: { zh: '民族乡', en: 'ethnic township' },
  QUASI: { zh: '政企合一等单位', en: 'quasi unit' },
  COMMUNITY: { zh: '社区', en: 'community' },
  VILLAGE: { zh: '村', en: 'village' },

  ASSISTANT: { zh: '助理社会工作师', en: 'assistant' },
  INTERMEDIATE: { zh: '社会工作师', en: 'intermediate' },
  SENIOR: { zh: '高级社会工作师', en: 'senior' },
  UNCERTIFIED: { zh: '未取得证书', en: 'uncertified' },
  CERTIFIED: { zh: '已取得证书', en: 'certified' },
  REGISTERED: { zh: '已登记', en: 'registered' },
  LAPSED: { zh: '登记失效', en: 'lapsed' },

  COMPANIONSHIP: { zh: '陪伴', en: 'companionship' },
  COUNSELLING: { zh: '心理疏导', en: 'counselling' },
  MEDICAL: { zh: '医疗护理', en: 'medical care' },
  LEGAL: { zh: '法律', en: 'legal advice' },
  TUTORING: { zh: '课业辅导', en: 'tutoring' },
  IT: { zh: '信息技术', en: 'IT' },
  ARTS: { zh: '文艺', en: 'arts' },
  SPORTS: { zh: '体育', en: 'sports' },
  DRIVING: { zh: '驾驶', en: 'driving' },
  TRANSLATION_KOREAN: { zh: '朝鲜语翻译', en: 'Korean translation' },
  HANDICRAFT: { zh: '手工', en: 'handicraft' },
  COOKING: { zh: '烹饪', en: 'cooking' },
  FIRST_AID: { zh: '急救', en: 'first aid' },

  ...weeklySlots,

  oversight: { zh: '主管', en: 'oversight' },
  registrar: { zh: '登记员', en: 'registrar' },
  centerStaff: { zh: '中心工作人员', en: 'center staff' },
  stationWorker: { zh: '驻站社工', en: 'station worker' },
  auditor: { zh: '审计员', en: 'auditor' },
  public: { zh: '公众', en: 'the public' },
  system: { zh: '系统', en: 'the system' },

  'policy:relieve-suspended-worker': {
    zh: '按规则:社工被暂停即离任',
    en: 'By rule: a suspended worker is relieved',
  },
  'policy:relieve-retired-worker': { zh: '按规则:社工退休即离任', en: 'By rule: a retired worker is relieved' },
  'policy:release-volunteers-of-closed-station': {
    zh: '按规则:服务站关闭,志愿者转站或结束联系',
    en: 'By rule: volunteers of a closed station move on or are released',
  },

  import: { zh: '导入', en: 'import' },
  'first-start': { zh: '首次启动', en: 'first start' },
  consequence: { zh: '由前事引起', en: 'follows from an earlier fact' },
  'late-entry': { zh: '补录', en: 'late entry' },
  'paper-record': { zh: '依据纸质记录', en: 'from a paper record' },
  correction: { zh: '更正', en: 'correction' },
  'system-outage': { zh: '系统故障期间', en: 'during an outage' },
};

export const labelOf = (value: unknown, language: 'zh' | 'en'): string => labels[String(value)]?.[language] ?? String(value);
