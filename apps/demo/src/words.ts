import type { Words } from '@lib/platform/kernel/event.js';

export type Language = 'zh' | 'en';
export type { Words };

/** Who acts, by account. */
export const actors = {
  authority: { zh: '省级主管', en: 'authority' },
  registrar: { zh: '登记员', en: 'registrar' },
  staff: { zh: '中心人员', en: 'staff' },
  worker: { zh: '驻站社工', en: 'worker' },
  auditor: { zh: '审计员', en: 'auditor' },
  anybody: { zh: '任何人', en: 'anybody' },
} as const satisfies Readonly<Record<string, Words>>;

export type Actor = keyof typeof actors;
export type Account = Exclude<Actor, 'anybody'>;
export const accounts: readonly Account[] = ['authority', 'registrar', 'staff', 'worker', 'auditor'];

export const colours: Readonly<Record<string, Words>> = {
  green: { zh: '绿', en: 'green' },
  amber: { zh: '黄', en: 'amber' },
  red: { zh: '红', en: 'red' },
  grey: { zh: '灰', en: 'grey' },
};

/** Why something is not green, and what a place lacks. */
export const reasons: Readonly<Record<string, Words>> = {
  TOWNSHIP_WITHOUT_CENTER: { zh: '街道没有中心', en: 'street without a center' },
  CENTER_WITHOUT_STATION: { zh: '中心没有站', en: 'center without a station' },
  STATION_WITHOUT_WORKER: { zh: '站没有社工', en: 'station without a worker' },
  STATION_WITH_FEW_VOLUNTEERS: { zh: '志愿者不足两人', en: 'fewer than two volunteers' },
  STATION_WITH_ACTING_WORKER: { zh: '代理负责', en: 'acting worker' },
  STATION_SUSPENDED: { zh: '暂停中', en: 'suspended' },
  STATIONS_RED: { zh: '有站为红', en: 'stations are red' },
  CENTER_SUSPENDED: { zh: '中心停业', en: 'center suspended' },
  CENTER_SURPLUS: { zh: '街道已撤并', en: 'the street has ended' },
  COMMUNITY_WITHOUT_STATION: { zh: '社区没有站', en: 'community without a station' },
};

export const wordsOf = (from: Readonly<Record<string, Words>>, key: string, language: Language): string =>
  from[key]?.[language] ?? key;
