import { isDeepStrictEqual } from 'node:util';
import type { Receipt, Rehearsal } from '@lib/platform/cqrs/command-desk.js';
import type { StructureTree } from '@lib/service-network/structure/structure-tree.views.js';
import { NotAsTold, type Answer, type Command, type Office, type Problem } from './office.js';
import { drawn, padded, widthOf, type Branch } from './tree.js';
import { actors, type Actor, type Language, type Words } from './words.js';

const ansi: Readonly<Record<string, number>> = { green: 32, amber: 33, red: 31, grey: 90, bold: 1 };

/** Which facts, in order; those that come several times in a row are counted. */
const listed = (facts: readonly string[]): string => {
  const runs: { name: string; count: number }[] = [];
  for (const name of facts) {
    const last = runs.at(-1);
    if (last?.name === name) last.count += 1;
    else runs.push({ name, count: 1 });
  }
  return runs.map(({ name, count }) => (count > 1 ? `${name} ×${count}` : name)).join(', ');
};

const kinds = (facts: readonly string[]) => [...new Set(facts)];

const sameKinds = (facts: readonly string[], expected: readonly string[]) =>
  isDeepStrictEqual(kinds(facts).sort(), [...expected].sort());

/** A fact that somebody waits for, of the stream with this id. */
export interface Awaited {
  readonly fact: string;
  readonly of: string;
  readonly words: Words;
}

/** Milliseconds. */
const patience = 15_000;
/** Columns. */
const lineWidth = 132;

/** Does what it tells, and stops where something else happens. */
export class Guide {
  private scenes = 0;
  private done = 0;
  private refused = 0;

  constructor(
    readonly office: Office,
    readonly language: Language,
    readonly today: string,
    private readonly coloured: boolean,
  ) {}

  words({ zh, en }: Words): string {
    return this.language === 'zh' ? zh : en;
  }

  say(words: Words): void {
    this.print(`  ${this.words(words)}`);
  }

  print(line = ''): void {
    console.log(line);
  }

  paint(text: string, colour: string): string {
    return this.coloured ? `\u001b[${ansi[colour]}m${text}\u001b[0m` : text;
  }

  scene(title: Words): void {
    this.scenes += 1;
    this.print();
    this.print(this.paint(`${this.scenes}. ${this.words(title)}`, 'bold'));
  }

  summary(): Words {
    return {
      zh: `${this.scenes} 幕,做成 ${this.done} 件,按规矩被拒 ${this.refused} 件,全部如上所述。`,
      en: `${this.scenes} scenes, ${this.done} things done, ${this.refused} refused as they should be; all as told above.`,
    };
  }

  /** Sends commands that must be carried out, and must each write just these kinds of facts; one line tells of them all. */
  async does(who: Actor, what: Words, commands: Command | readonly Command[], facts: readonly string[]): Promise<Receipt> {
    const written: string[] = [];
    let last: Receipt | undefined;
    for (const command of [commands].flat()) {
      const { status, body } = await this.office.send<Receipt & Problem>(who, command);
      if (status !== 200 && status !== 201) throw this.otherwise(who, what, status, body);
      this.expect(what, sameKinds(body.facts, facts), `${listed(body.facts)} ≠ ${listed(facts)}`);
      written.push(...body.facts);
      this.done += 1;
      last = body;
    }
    const counted = kinds(written).flatMap(kind => written.filter(name => name === kind));
    this.line(who, this.paint('✓', 'green'), what, `→ ${listed(counted)}`);
    return last!;
  }

  /** Sends a command that must be refused in just this way. */
  async isRefused(who: Actor, what: Words, command: Command, status: number, code: string): Promise<Problem> {
    const answer = await this.office.send<Problem>(who, command);
    return this.refusal(who, what, answer, status, code);
  }

  /** Asks for something that must not be shown. */
  async isDenied(who: Actor, what: Words, path: string, query: Readonly<Record<string, string>> = {}): Promise<Problem> {
    const answer = await this.office.look<Problem>(who, path, query);
    return this.refusal(who, what, answer, 404, 'not-found');
  }

  /** What a command would do; it must be just these kinds of facts. */
  async rehearses(who: Actor, what: Words, command: Command, facts: readonly string[]): Promise<Rehearsal> {
    const rehearsal = { ...command, how: { ...command.how, dryRun: true } };
    const { status, body } = await this.office.send<Rehearsal & Problem>(who, rehearsal);
    if (status !== 200 || !body.dryRun) throw this.otherwise(who, what, status, body);
    const types = body.facts.map(({ type }) => type);
    this.expect(what, sameKinds(types, facts), `${listed(types)} ≠ ${listed(facts)}`);
    this.line(who, '?', what, `(${listed(types)})`);
    return body;
  }

  /** Does something and shows what changes, as it happens, until all that is awaited has come. */
  async watches(who: Actor, does: () => Promise<unknown>, awaited: readonly Awaited[]): Promise<void> {
    const missing = new Set(awaited);
    const stop = new AbortController();
    const late = setTimeout(() => stop.abort(), patience);
    try {
      const changes = await this.office.follow(who, stop.signal);
      const since = Date.now();
      await does();
      for await (const { type, stream } of changes) {
        const seen = [...missing].find(one => one.fact === type && stream.endsWith(one.of));
        if (!seen) continue;
        missing.delete(seen);
        this.line(who, '◦', seen.words, `(${type}, +${((Date.now() - since) / 1000).toFixed(2)} s)`);
        if (missing.size === 0) return;
      }
    } catch (error) {
      if (!stop.signal.aborted) throw error;
    } finally {
      clearTimeout(late);
      stop.abort();
    }
    const facts = [...missing].map(({ fact }) => fact).join(', ');
    throw new NotAsTold(
      this.words({
        zh: `与所述不符:${patience / 1000} 秒内没有等到 ${facts}`,
        en: `Not as told: no ${facts} within ${patience / 1000} s`,
      }),
    );
  }

  /** @returns what a view shows, which must be there */
  async sees<Body>(who: Actor, path: string, query: Readonly<Record<string, string | undefined>> = {}): Promise<Answer<Body>> {
    const answer = await this.office.look<Body & Problem>(who, path, query);
    if (answer.status !== 200)
      throw this.otherwise(who, { zh: `查看 ${path}`, en: `look at ${path}` }, answer.status, answer.body);
    return answer;
  }

  /** A line of what somebody saw or did; what does not fit behind it stands below. */
  line(who: Actor, sign: string, what: Words, more = ''): void {
    const width = Math.max(...Object.values(actors).map(words => widthOf(this.words(words))));
    const start = `  ${padded(this.words(actors[who]), width)}  `;
    const told = this.words(what);
    const fits = widthOf(`${start}✓ ${told}  ${more}`) <= lineWidth;
    this.print(`${start}${sign} ${told}${more && fits ? `  ${more}` : ''}`);
    if (more && !fits) this.print(' '.repeat(width + 6) + more);
  }

  /** @throws NotAsTold when it does not hold */
  expect(what: Words, holds: boolean, found: unknown = ''): void {
    if (holds) return;
    const shown = typeof found === 'string' ? found : JSON.stringify(found);
    throw new NotAsTold(this.words({ zh: `与所述不符:${what.zh}(${shown})`, en: `Not as told: ${what.en} (${shown})` }));
  }

  /** Draws a street with everything under it, as `who` sees it at a moment. */
  async tree(who: Actor, divisionId: string, moment: Readonly<Record<string, string>> = {}): Promise<Branch> {
    const under = async (query: Readonly<Record<string, string>>): Promise<Branch> => {
      const { body } = await this.sees<StructureTree>(who, 'structure-tree', { ...query, ...moment, limit: '200' });
      const children = body.children.map(async (node): Promise<Branch> => {
        if (node.kind === 'CENTER') return under({ centerId: node.id });
        if (node.kind === 'STATION') return under({ stationId: node.id });
        return { node, children: [] };
      });
      return { node: body.node, children: await Promise.all(children) };
    };
    const branch = await under({ divisionId });
    for (const line of drawn(branch, this.language, (text, colour) => this.paint(text, colour))) this.print(`    ${line}`);
    return branch;
  }

  private refusal(who: Actor, what: Words, { status, body }: Answer<Problem>, expected: number, code: string): Problem {
    if (status !== expected || body.code !== code) throw this.otherwise(who, what, status, body, `${expected} ${code}`);
    this.refused += 1;
    const detail = `“${body.errors?.map(fault => fault.detail).join('; ') ?? body.detail}”`;
    this.line(who, this.paint('✗', 'red'), what, `— ${status} ${body.code} ${detail}`);
    return body;
  }

  private otherwise(who: Actor, what: Words, status: number, body: Partial<Problem>, expected?: string): NotAsTold {
    const came = `${status} ${body.code ?? ''} ${body.detail ?? ''}`.trim();
    const instead = expected ? this.words({ zh: `,应为 ${expected}`, en: `, ${expected} was expected` }) : '';
    const actor = actors[who];
    return new NotAsTold(
      this.words({
        zh: `与所述不符:${actor.zh}“${what.zh}”得到 ${came}${instead}`,
        en: `Not as told: ${actor.en}, “${what.en}”, got ${came}${instead}`,
      }),
    );
  }
}
