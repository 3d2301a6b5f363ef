import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const filesBelow = (folder: string): readonly string[] =>
  readdirSync(folder, { withFileTypes: true }).flatMap(entry =>
    entry.isDirectory() ? filesBelow(join(folder, entry.name)) : [join(folder, entry.name)],
  );

interface Word {
  readonly key: string;
  readonly zh: string;
  readonly en: string;
}

const text = `'((?:[^'\\\\]|\\\\.)*)'`;
const declared = new RegExp(`^  '([\\w.-]+)': \\{\\s*zh: ${text},\\s*en: ${text},?\\s*\\}`, 'gm');
const keyed = /^ {2}'[\w.-]+':/gm;

const files = filesBelow(resolve('apps/console/src')).filter(file => /\.tsx?$/.test(file) && !file.endsWith('contract.ts'));
const isOfWords = (file: string) => file.endsWith('words.ts');
const read = (wanted: boolean) =>
  files
    .filter(file => isOfWords(file) === wanted)
    .map(file => readFileSync(file, 'utf8'))
    .join('\n');
const words: readonly Word[] = [...read(true).matchAll(declared)].map(([, key, zh, en]) => ({ key: key!, zh: zh!, en: en! }));
const code = read(false);

/** Families whose last part is a stored value: said as `family.${value}`, or by `called(value, 'family')`. */
const families = new Set(
  [
    ...code.matchAll(/say\(`([\w-]+)\.\$\{/g),
    ...code.matchAll(/`([\w-]+)\.\$\{/g),
    ...code.matchAll(/'([\w-]+)'\)/g),
    ...code.matchAll(/kind="([\w-]+)"/g),
  ].map(([, family]) => family!),
);
const gapsIn = (sentence: string) => [...sentence.matchAll(/\{(\w+)\}/g)].map(([, gap]) => gap!).sort();
const stages = /^(center|station|worker|volunteer)Stage$/;

test('every word stands in both languages, with the same gaps', () => {
  expect(words.length).toBeGreaterThan(300);
  expect(words).toHaveLength([...read(true).matchAll(keyed)].length);
  for (const { key, zh, en } of words) {
    expect([key, gapsIn(zh)]).toEqual([key, gapsIn(en)]);
    if (key !== 'shell.language' && key !== 'shell.toLanguage')
      expect([key, en]).not.toEqual([key, expect.stringMatching(/\p{Script=Han}/u)]);
  }
});

test('no word is there that nothing says', () => {
  const isSaid = ({ key }: Word) => {
    const family = key.slice(0, key.indexOf('.'));
    return code.includes(`'${key}'`) || code.includes(`"${key}"`) || families.has(family) || stages.test(family);
  };
  expect(words.filter(word => !isSaid(word)).map(({ key }) => key)).toEqual([]);
  // The check would see one.
  expect(isSaid({ key: 'shell.nobodySaysThis', zh: '', en: '' })).toBe(false);
});

test('the frame says no word of a room', () => {
  const rooms = /\/src\/(volunteering|service-network|workforce|scrutiny|sheets)\//;
  const ofRooms = files
    .filter(file => isOfWords(file) && rooms.test(file))
    .flatMap(file => [...readFileSync(file, 'utf8').matchAll(declared)].map(([, key]) => key!));
  expect(ofRooms.length).toBeGreaterThan(100);
  const frame = files
    .filter(file => /\/src\/shell\//.test(file))
    .map(file => readFileSync(file, 'utf8'))
    .join('\n');
  expect(ofRooms.filter(key => frame.includes(`'${key}'`))).toEqual([]);
});

test('people who help are called by one word', () => {
  const wrong = words.filter(({ zh }) => zh.replaceAll('多名义工', '').includes('义工'));
  expect(wrong.map(({ key }) => key)).toEqual([]);
});
