import { labelOf } from '@lib/scrutiny/history/labels.js';
import { serviceFields, volunteerSkills } from '../shell/values.ts';
import type { PlainColumn } from './guided-columns.ts';
import { fieldsOf, type Field, type FieldName, type PeopleKind } from './people-sheet.ts';
import type { PlainSheet } from './sheet-book.ts';
import { sheetWords } from './words.ts';

type Language = 'zh' | 'en';

const valuesOf = { skills: volunteerSkills, fields: serviceFields } as const;
const isListed = (name: FieldName): name is keyof typeof valuesOf => name in valuesOf;

/** The stored value of what a person calls it. */
export function valueOf(field: keyof typeof valuesOf, label: string, language: Language): string | undefined {
  const wanted = label.toLowerCase();
  return valuesOf[field].find(value => value.toLowerCase() === wanted || labelOf(value, language).toLowerCase() === wanted);
}

interface Template {
  readonly language: Language;
  /** Of the sheet that is filled in. */
  readonly name: string;
  /** What can be chosen as a home; `all` when nothing else is likely. */
  readonly homes: { readonly places: readonly string[]; readonly all: boolean };
}

/** One sheet to be filled in, one that says how, and one of what the first offers. */
export function templateOf(kind: PeopleKind, { language, name: sheetName, homes }: Template): readonly PlainSheet[] {
  const fields = fieldsOf[kind];
  const say = (key: keyof typeof sheetWords) => sheetWords[key][language];
  const label = (value: string) => labelOf(value, language);
  const joined = (values: readonly string[]) => values.join(language === 'zh' ? '、' : ', ');
  const choices = (name: FieldName) => (isListed(name) ? valuesOf[name].map(label) : name === 'home' ? homes.places : []);
  const offering = fields.filter(({ name }) => choices(name).length > 0);

  const example: Readonly<Record<FieldName, string>> = {
    name: say('sheet.example'),
    idNumber: '11010519491231002X',
    phone: '13843350002',
    home: '北山街道',
    skills: joined(['COMPANIONSHIP', 'FIRST_AID'].map(label)),
    fields: label('ELDERLY'),
    on: '',
  };
  const columnOf = ({ name, hint }: Field): PlainColumn => ({
    width: name === 'name' ? 16 : 24,
    // A date that is typed there is meant as one.
    isText: name !== 'on',
    choices: {
      sheet: say('sheet.choices'),
      column: offering.findIndex(field => field.name === name),
      count: choices(name).length,
      hint: isListed(name) ? say('sheet.chooseSeveral') : hint[language],
      doubt: name === 'home' && homes.all ? say('sheet.notYourPlace') : undefined,
    },
  });
  const howOf = ({ name, hint }: Field) =>
    isListed(name)
      ? `${hint[language]};${say('sheet.values').replace('{values}', joined(valuesOf[name].map(label)))}`
      : hint[language];
  const longest = Math.max(0, ...offering.map(({ name }) => choices(name).length));
  return [
    {
      name: sheetName,
      columns: fields.map(columnOf),
      rows: [fields.map(({ heading }) => heading[language]), fields.map(({ name }) => example[name])],
    },
    {
      name: say('sheet.about'),
      columns: [{ width: 16 }, { width: 10 }, { width: 100 }],
      rows: [
        [say('sheet.column'), say('sheet.must'), say('sheet.how')],
        ...fields.map(field => [
          field.heading[language],
          field.required ? say('sheet.must') : say('sheet.optional'),
          howOf(field),
        ]),
        ['', '', say('sheet.exampleHint')],
      ],
    },
    {
      name: say('sheet.choices'),
      columns: offering.map(() => ({ width: 24 })),
      rows: [
        offering.map(({ heading }) => heading[language]),
        ...Array.from({ length: longest }, (_, nth) => offering.map(({ name }) => choices(name)[nth] ?? '')),
      ],
    },
  ];
}
