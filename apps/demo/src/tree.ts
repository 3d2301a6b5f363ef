import type { StructureNode } from '@lib/service-network/structure/structure-tree.views.js';
import { colours, reasons, wordsOf, type Language } from './words.js';

/** A node with everything under it. */
export interface Branch {
  readonly node: StructureNode;
  readonly children: readonly Branch[];
}

/** How many columns a terminal takes for a text: Chinese characters and their punctuation take two. */
export const widthOf = (text: string): number =>
  [...text].reduce((width, character) => width + (/[\u2E80-\u9FFF\uF900-\uFAFF\uFF00-\uFF60]/.test(character) ? 2 : 1), 0);

export const padded = (text: string, width: number): string => text + ' '.repeat(Math.max(0, width - widthOf(text)));

interface Line {
  readonly name: string;
  readonly colour: string;
  readonly rest: string;
}

const labels = {
  zh: {
    worker: '社工',
    acting: '代理',
    volunteers: '志愿者',
    centers: '中心',
    stations: '站',
    staffed: '有社工',
    vacant: '空缺',
  },
  en: {
    worker: 'worker',
    acting: 'acting',
    volunteers: 'volunteers',
    centers: 'centers',
    stations: 'stations',
    staffed: 'staffed',
    vacant: 'vacant',
  },
} as const;

function restOf({ node, children }: Branch, language: Language): string {
  const { worker, acting, volunteers, centers, stations, staffed, vacant } = labels[language];
  const { counts, kind } = node;
  const people = (wanted: string) => children.filter(child => child.node.kind === wanted).map(child => child.node);
  const parts: string[] = [];
  if (kind === 'DIVISION' && counts) parts.push(`${centers} ${counts.townshipsWithCenter}/${counts.townships}`);
  if (kind !== 'STATION' && counts) {
    parts.push(`${stations} ${counts.stations}`, `${staffed} ${counts.staffedStations}`, `${volunteers} ${counts.volunteers}`);
  }
  if (kind === 'STATION') {
    const [own] = people('WORKER');
    const [other] = people('ACTING_WORKER');
    const names = people('VOLUNTEER').map(({ name, primary }) => (primary ? `${name}★` : name));
    parts.push(`${worker} ${own?.name ?? vacant}`);
    if (other) parts.push(`${acting} ${other.name}`);
    parts.push([`${volunteers} ${names.length}`, ...names].join(' '));
  }
  const why = (node.reasons ?? []).map(reason => wordsOf(reasons, reason, language));
  return why.length > 0 ? `${parts.join(' · ')}  ← ${why.join(language === 'zh' ? '、' : ', ')}` : parts.join(' · ');
}

function linesOf(branch: Branch, language: Language, own: string, below: string): Line[] {
  const { node, children } = branch;
  const line = { name: own + node.name, colour: node.colour ?? 'grey', rest: restOf(branch, language) };
  const branches = children.filter(child => child.node.kind === 'CENTER' || child.node.kind === 'STATION');
  return [
    line,
    ...branches.flatMap((child, at) => {
      const last = at === branches.length - 1;
      return linesOf(child, language, `${below}${last ? '└ ' : '├ '}`, `${below}${last ? '  ' : '│ '}`);
    }),
  ];
}

/** A street as text, a line for each branch: name, colour as a word, counts and people, and behind an arrow what is missing. */
export function drawn(branch: Branch, language: Language, paint = (text: string, _colour: string) => text): string[] {
  const lines = linesOf(branch, language, '', '');
  const width = Math.max(...lines.map(({ name }) => widthOf(name)));
  const widest = Math.max(...lines.map(({ colour }) => widthOf(wordsOf(colours, colour, language))));
  return lines.map(({ name, colour, rest }) => {
    const sign = paint(padded(`●${wordsOf(colours, colour, language)}`, widest + 1), colour);
    return `${padded(name, width)}  ${sign}  ${rest}`;
  });
}
