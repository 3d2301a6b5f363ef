/** Words about a person and about a period, which several rooms say. */
export const personWords = {
  'person.name': { zh: '姓名', en: 'Name' },
  'person.idNumber': { zh: '身份证号码', en: 'ID number' },
  'person.idNumberHint': {
    zh: '18 位;密封保存,之后只显示末四位',
    en: '18 characters; kept sealed, only the last four are shown later',
  },
  'person.phone': { zh: '手机号码', en: 'Mobile phone' },
  'person.birthYear': { zh: '出生年份', en: 'Year of birth' },
  'person.searchHint': { zh: '姓名、拼音首字母或手机尾号', en: 'Name, pinyin initials or end of the phone number' },
  'person.registeredOn': { zh: '登记日期', en: 'Registered' },
  'period.between': { zh: '{from} 至 {until}', en: '{from} to {until}' },
  'period.since': { zh: '自 {date}', en: 'since {date}' },
} as const;
