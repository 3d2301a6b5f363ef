import { withCheckCharacter } from '@lib/platform/privacy/citizen-id.js';
import type { Chance } from './chance.js';

// By how many bear them.
const surnames =
  '王王王王李李李李张张张刘刘刘陈陈杨杨赵赵金金朴朴黄周吴徐孙孙胡朱高高林何郭马罗梁宋郑谢韩唐冯于于董萧程曹袁邓许傅沈曾彭吕崔崔苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜姜范方石姚谭廖邹熊陆郝孔白毛康邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文全池玄';
const given =
  '伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰春梅红建国志文海燕雪飞鹏宇浩然子轩雨晨欣怡美善顺姬哲洙龙福贵荣琳慧颖婷博晶莹凤云波宏亮旭东升立新生德才彬斌峰松柏山林森树根淑珍素琴惠爱莲香翠菊秋月冬青晓光辉阳';

export const nameBy = (by: Chance) => {
  const surname = by.among(surnames);
  return by.in(0.25) ? `${surname}${by.among(given)}` : `${surname}${by.among(given)}${by.among(given)}`;
};

const birthDays = 14_600;
const firstBirthday = Date.UTC(1960, 0, 1);

/** A valid number of its own for each `nth` (GB 11643), up to 14.6 million; who bears it is of age. */
export function idNumberOf(nth: number): string {
  const birthday = new Date(firstBirthday + ((nth * 7_919) % birthDays) * 86_400_000).toISOString().slice(0, 10);
  return withCheckCharacter(`222401${birthday.replaceAll('-', '')}${String(Math.floor(nth / birthDays)).padStart(3, '0')}`);
}

export const phoneOf = (nth: number) => `138${String((nth * 7_919) % 100_000_000).padStart(8, '0')}`;

/** Who the `nth` person is, without the id under which a human is found. */
export const identityOf = (nth: number, by: Chance) => {
  const idNumber = idNumberOf(nth);
  const phone = phoneOf(nth);
  return {
    name: nameBy(by),
    birthYear: Number(idNumber.slice(6, 10)),
    idNumber,
    phone,
    phoneTail: phone.slice(-4),
  };
};
