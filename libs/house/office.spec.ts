import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { factCatalogue, revive } from '@lib/platform/kernel/event.js';
import { misfits } from '@lib/platform/kernel/shape.js';
import { labelOf } from '@lib/scrutiny/history/labels.js';
import { office } from './office.js';
import samples from './office.samples.json' with { type: 'json' };

const filesBelow = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true }).flatMap(entry =>
    entry.isDirectory() ? filesBelow(join(folder, entry.name)) : [join(folder, entry.name)],
  );
const sources = filesBelow(dirname(__dirname))
  .filter(file => file.endsWith('.ts') && !file.endsWith('.spec.ts') && !file.includes('/testing/'))
  .map(file => ({ file, text: readFileSync(file, 'utf8') }));
const commandFiles = sources.filter(({ file }) => file.endsWith('.commands.ts'));
const commands = office.flatMap(module => module.commands);

test('every command that is written down is in a table', () => {
  const filed = new Set(commands.map(({ command }) => command.name));
  const written = commandFiles.flatMap(({ text }) => [...text.matchAll(/^export class (\w+)/gm)].map(([, name]) => name!));
  const parts = new Set(
    commandFiles.flatMap(({ text }) => [...text.matchAll(/@Type\(\(\) => (\w+)\)/g)].map(([, name]) => name!)),
  );
  expect(written.length).toBeGreaterThan(40);
  expect(written.filter(name => !filed.has(name) && !parts.has(name))).toEqual([]);
});

test('commands and views are called differently, and every command has words in both languages', () => {
  const names = office.flatMap(module => [
    ...module.commands.map(({ command }) => command.name),
    ...module.views.map(({ name }) => name),
  ]);
  expect(names.filter((name, nth) => names.indexOf(name) !== nth)).toEqual([]);
  for (const { words } of commands) expect([/[\u4e00-\u9fff]/.test(words.zh), /[a-z]/.test(words.en)]).toEqual([true, true]);
});

test('the tag of a card moves with every fact of its stream, or what is based on it would always be refused', () => {
  const tagged = office.flatMap(module => module.projections).filter(({ columns }) => Object.hasOwn(columns, 'revision'));
  const unnoticed = tagged.flatMap(({ name, on }) => {
    const noticed = new Set(on.map(({ fact }) => fact.type));
    const { category } = on[0]!.fact;
    return [...factCatalogue.values()]
      .filter(fact => fact.category === category && !noticed.has(fact.type))
      .map(fact => [name, fact.type]);
  });
  expect(unnoticed).toEqual([]);
  expect(tagged.length).toBeGreaterThan(4);
});

test('what a policy does reads as a rule in the history', () => {
  const policies = office.flatMap(module => module.policies.map(({ name }) => `policy:${name}`));
  expect(policies.length).toBeGreaterThan(0);
  for (const name of policies) {
    expect([labelOf(name, 'zh'), labelOf(name, 'en')]).toEqual([
      expect.stringMatching(/^按规则:[\u4e00-\u9fff]/),
      expect.stringMatching(/^By rule: /),
    ]);
  }
});

test('a refusal is a kebab-case sentence with words in both languages', () => {
  const refusals = sources.flatMap(({ text }) => [
    ...text.matchAll(/new Refusal\(\s*'([^']+)',\s*\{\s*zh: [`']([^`']+)[`'],\s*en: /g),
  ]);
  const all = sources.flatMap(({ text }) => [...text.matchAll(/new Refusal\(\s*'/g)]);
  expect(refusals).toHaveLength(all.length);
  for (const [, code, zh] of refusals) {
    expect(code).toMatch(/^[a-z]+(-[a-z]+)+$/);
    expect(zh).toMatch(/[\u4e00-\u9fff]/);
  }
});

test('the words of a fact have gaps only for what it holds', () => {
  for (const { type, words, shape } of factCatalogue.values()) {
    for (const sentence of [words.zh, words.en]) {
      const gaps = [...sentence.matchAll(/\{(\w+)\}/g)].map(([, gap]) => gap!);
      expect([type, gaps.filter(gap => !Object.hasOwn(shape, gap))]).toEqual([type, []]);
    }
  }
});

/**
 * One stored sample of every version that was ever written. A changed shape gets a new version, an upcast and a new sample;
 * the old samples stay as they are.
 */
describe('what was once written can always be read', () => {
  const written: readonly { readonly type: string; readonly version: number; readonly data: Record<string, unknown> }[] = samples;

  test('every fact has a sample of its present version', () => {
    const known = new Set(written.map(({ type, version }) => `${type} ${version}`));
    const wanted = [...factCatalogue.values()].map(({ type, version }) => `${type} ${version}`);
    expect(wanted.filter(name => !known.has(name))).toEqual([]);
  });

  test.each(written)('$type $version', ({ type, version, data }) => {
    const fact = revive(type, version, data);
    expect(misfits(fact.class.shape, fact.data)).toEqual([]);
  });
});
