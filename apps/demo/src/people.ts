import { randomInt } from 'node:crypto';
import { addDays, daysBetween } from '@lib/platform/kernel/calendar.js';

export interface Person {
  readonly name: string;
  /** First letters of the name in pinyin. */
  readonly initials: string;
  readonly idNumber: string;
  readonly phone: string;
}

const surnames = ['王 w', '李 l', '张 z', '刘 l', '赵 z', '孙 s', '金 j', '朴 p', '崔 c', '郑 z', '宋 s', '高 g'] as const;
const givenNames = [
  '秀兰 xl',
  '桂芝 gz',
  '玉梅 ym',
  '春姬 cj',
  '明哲 mz',
  '志强 zq',
  '海燕 hy',
  '立新 lx',
  '晓峰 xf',
  '美花 mh',
  '永浩 yh',
  '雪莲 xl',
  '国庆 gq',
  '艳红 yh',
  '景顺 js',
  '佳宁 jn',
] as const;

/** Districts of Jilin that are on ID cards: Yanji, Dunhua, Chaoyang, Nanguan, Kuancheng, Fengman, Changyi. */
const areas = ['222401', '222403', '220104', '220102', '220103', '220211', '220202'] as const;

const pick = <T>(from: readonly T[]): T => from[randomInt(from.length)]!;
const digits = (count: number) => Array.from({ length: count }, () => randomInt(10)).join('');

const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2] as const;

/** The check character of GB 11643, by ISO 7064 MOD 11-2. */
const checkCharacter = (seventeen: string) =>
  '10X98765432'[weights.reduce((sum, w, at) => sum + w * Number(seventeen[at]), 0) % 11]!;

/** @param birthDate `YYYY-MM-DD` @param serial three digits, odd for men */
export function idNumberOf(area: string, birthDate: string, serial: string): string {
  const seventeen = `${area}${birthDate.replaceAll('-', '')}${serial}`;
  return seventeen + checkCharacter(seventeen);
}

/** The ID number of an invented adult of 20 to 59 years. */
export function randomIdNumber(today: string): string {
  const yearsBack = (years: number) => `${Number(today.slice(0, 4)) - years}-01-01`;
  const [earliest, latest] = [yearsBack(59), yearsBack(20)];
  return idNumberOf(pick(areas), addDays(earliest, randomInt(daysBetween(earliest, latest))), digits(3));
}

/** The same number with another check character. */
export const misread = (idNumber: string) => idNumber.slice(0, 17) + (idNumber.endsWith('1') ? '2' : '1');

const shuffled = <T>(from: readonly T[]): T[] => {
  const left = [...from];
  return from.map(() => left.splice(randomInt(left.length), 1)[0]!);
};

/** Invented people, at most twelve, no two of the same surname: they can be told apart where only that is shown. */
export function cast(count: number, today: string): readonly Person[] {
  return shuffled(surnames)
    .slice(0, count)
    .map(each => {
      const [[surname, first], [given, rest]] = [each.split(' '), pick(givenNames).split(' ')];
      return {
        name: `${surname}${given}`,
        initials: `${first}${rest}`,
        idNumber: randomIdNumber(today),
        phone: `13${digits(9)}`,
      };
    });
}

/** The management number of an invented certificate. */
export const certificateNumber = (year: number) => `${year}0222${digits(11)}`;
