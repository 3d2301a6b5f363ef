import i18next from 'i18next';
import { initReactI18next, useTranslation } from 'react-i18next';
import { labelOf } from '@lib/scrutiny/history/labels.js';
import { accessWords } from '../access/words.ts';
import { auditWords } from '../scrutiny/audit-words.ts';
import { overviewWords } from '../scrutiny/overview-words.ts';
import { scrutinyWords } from '../scrutiny/words.ts';
import { todayWords } from '../service-network/today-words.ts';
import { networkWords } from '../service-network/words.ts';
import { volunteeringWords } from '../volunteering/words.ts';
import { workforceWords } from '../workforce/words.ts';
import { sheetWords } from '../sheets/words.ts';
import { tourWords } from '../tour/words.ts';
import { stateWords } from './state-words.ts';
import { personWords } from './person-words.ts';
import { factWords } from './fact-words.ts';
import { shellWords } from './words.ts';

export type Language = 'zh' | 'en';

const catalogue = {
  ...shellWords,
  ...personWords,
  ...stateWords,
  ...factWords,
  ...accessWords,
  ...networkWords,
  ...workforceWords,
  ...volunteeringWords,
  ...scrutinyWords,
  ...overviewWords,
  ...auditWords,
  ...todayWords,
  ...sheetWords,
  ...tourWords,
};

export type WordKey = keyof typeof catalogue;
type Values = Readonly<Record<string, string | number>>;

const chosen = 'yizhan.language';
const inOne = (language: Language) => Object.fromEntries(Object.entries(catalogue).map(([key, words]) => [key, words[language]]));

/** Chinese, unless this browser was told otherwise before. */
const first: Language = localStorage.getItem(chosen) === 'en' ? 'en' : 'zh';

void i18next.use(initReactI18next).init({
  lng: first,
  fallbackLng: false,
  initAsync: false,
  keySeparator: false,
  nsSeparator: false,
  // React escapes; the gaps are written as in the sentences of the house.
  interpolation: { escapeValue: false, prefix: '{', suffix: '}' },
  resources: { zh: { translation: inOne('zh') }, en: { translation: inOne('en') } },
});

export const languageNow = (): Language => (i18next.language === 'en' ? 'en' : 'zh');

export function switchLanguage(): void {
  const language = languageNow() === 'zh' ? 'en' : 'zh';
  localStorage.setItem(chosen, language);
  void i18next.changeLanguage(language);
}

export const say = (key: WordKey, values: Values = {}): string => i18next.t(key, { ...values });

const isKey = (key: string): key is WordKey => Object.hasOwn(catalogue, key);

/** What a stored value is called; `kind` tells apart values that mean something else elsewhere, such as the stage of a volunteer. */
export function called(value: string | null | undefined, kind?: string): string {
  if (value === null || value === undefined) return '—';
  const key = `${kind}.${value}`;
  return isKey(key) ? say(key) : labelOf(value, languageNow());
}

/** A list within a sentence. */
export const joined = (values: readonly string[]): string => values.join(languageNow() === 'zh' ? '、' : ', ');

/** What a fact will mean, before it is one. */
export function willBe(fact: string, count: number): string {
  const key = `will.${fact}`;
  return isKey(key) ? say(key, { count }) : fact;
}

/** What a kind of fact is called, without its values. */
export function happened(fact: string): string {
  const key = `will.${fact}`;
  return isKey(key)
    ? say(key, { count: '' })
        .replaceAll(/\s{2,}/g, ' ')
        .trim()
    : fact;
}

/** The words of the language that is chosen now; a component that uses them is drawn anew when it changes. */
export function useWords() {
  const { i18n } = useTranslation();
  const language: Language = i18n.language === 'en' ? 'en' : 'zh';
  return { say, called, willBe, happened, language, zh: language === 'zh' };
}
