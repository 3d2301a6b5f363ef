import { Agent } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { Receipt } from '@lib/platform/cqrs/command-desk.js';
import { senderWaits } from '@lib/platform/kernel/patience.js';
import { routeOf } from '@lib/house/route-of.js';
import type { Random } from '../random.js';
import { ask, Lost, Unreached, type Answer } from './asking.js';
import type { Ledger, Outcome } from './ledger.js';
import type { Manners } from './said.js';
import type { Account, Deed, Town } from './town.js';

const mostAttempts = 8;

export interface WriterParts {
  readonly town: Town;
  readonly ledger: Ledger;
  readonly random: Random;
  readonly manners: Manners;
  readonly rest: number;
  readonly tokens: Readonly<Record<Account, string>>;
  readonly number: () => number;
  /** Where one can ask now. */
  readonly urls: () => readonly string[];
  readonly running: () => boolean;
  readonly count: (what: Outcome | 'lost' | 'turnedAway', status?: number) => void;
}

const codeOf = ({ body }: Answer): string | undefined => (body as { code?: string } | undefined)?.code;
const numberOf = (etag: string | undefined): number | undefined => (etag === undefined ? undefined : Number(etag.slice(1, -1)));

/** One who sends commands one after the other, writes down each before it goes out, and believes only what was answered. */
export class Writer {
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 1 });
  private turn: number;

  constructor(
    private readonly parts: WriterParts,
    nth: number,
  ) {
    this.turn = nth;
  }

  async work(): Promise<void> {
    const { town, rest, random, running } = this.parts;
    while (running()) {
      await this.does(town.next());
      if (rest > 0) await delay(rest * (0.5 + random.next()));
    }
    this.agent.destroy();
  }

  /** @returns what became of it as far as its sender knows */
  async does(deed: Deed): Promise<Outcome> {
    const { ledger, random, manners, running, count, town } = this.parts;
    const number = this.parts.number();
    const [firstKey, base] = [random.uuid(), { deed: number, command: deed.command.name, account: deed.account }];
    let [key, lost] = [firstKey, false];
    let outcome: Outcome | undefined;
    for (let attempt = 1; outcome === undefined; attempt += 1) {
      const to = await this.somebody();
      if (to === undefined) {
        outcome = lost ? 'unknown' : 'fail';
        break;
      }
      if (attempt > 1 && manners.twin === 'new-key') key = random.uuid();
      await ledger.write({ entry: 'sent', ...base, fields: deed.fields, key, to });
      const answer = await this.send(to, deed, key).catch((error: unknown) => {
        if (error instanceof Unreached || error instanceof Lost) return error;
        throw error;
      });
      if (answer instanceof Unreached) {
        // Nothing went out; that is no attempt.
        attempt -= 1;
        await delay(20);
        continue;
      }
      if (answer instanceof Lost) {
        await ledger.write({ entry: 'lost', deed: number, key, why: answer.message });
        lost = true;
      } else if (answer.status < 300) {
        const receipt = answer.body as Receipt;
        await ledger.write({ entry: 'receipt', deed: number, key, receipt });
        outcome = 'ok';
        town.done(deed, numberOf(answer.etag));
        if (receipt.facts.length > 0 && (lost || random.next() < manners.checkReceipts)) await this.doubt(deed, number, key);
        break;
      } else {
        const code = codeOf(answer);
        await ledger.write({
          entry: 'answered',
          deed: number,
          key,
          status: answer.status,
          ...(code === undefined ? {} : { code }),
        });
        if (answer.status < 500) {
          outcome = 'fail';
          count('fail', answer.status);
          break;
        }
        count('turnedAway', answer.status);
        // Only these say that nothing was written.
        if (code !== 'store-unavailable' && code !== 'not-yet' && code !== 'not-in-time') lost = true;
        else if (!lost && random.next() < 0.5) outcome = 'fail';
      }
      if (lost) count('lost');
      if (lost && manners.twin === 'lost-is-failed') outcome = 'fail';
      else if (lost && (attempt >= mostAttempts || random.next() >= manners.askAgain || !running())) outcome = 'unknown';
      else if (attempt >= mostAttempts) outcome ??= 'fail';
      if (outcome === undefined) await delay(20 + random.below(80) * attempt);
    }
    await ledger.write({ entry: 'over', deed: number, outcome });
    if (outcome !== 'fail') count(outcome);
    return outcome;
  }

  /** Sends the same once more, and once with another body; what comes back is for the checker. */
  private async doubt(deed: Deed, number: number, key: string): Promise<void> {
    const { ledger } = this.parts;
    const to = await this.somebody();
    if (to === undefined) return;
    try {
      const again = await this.send(to, deed, key);
      if (again.status < 300) await ledger.write({ entry: 'receipt', deed: number, key, receipt: again.body as Receipt });
      else if (again.status < 500)
        await ledger.write({ entry: 'answered', deed: number, key, status: again.status, code: `again ${codeOf(again)}` });
      if (!deed.otherwise) return;
      const { status, body } = await this.send(to, { ...deed, fields: deed.otherwise }, key);
      const code = (body as { code?: string }).code;
      if (status < 500) await ledger.write({ entry: 'otherwise', deed: number, status, ...(code === undefined ? {} : { code }) });
    } catch (error) {
      if (!(error instanceof Lost || error instanceof Unreached)) throw error;
    }
  }

  private send(to: string, { command, fields, account, ifMatch }: Deed, key: string): Promise<Answer> {
    const { path, body } = routeOf(command, fields);
    const headers = {
      authorization: `Bearer ${this.parts.tokens[account]}`,
      'idempotency-key': key,
      'accept-language': 'en',
      ...(ifMatch === undefined ? {} : { 'if-match': `"${ifMatch}"` }),
    };
    return ask(`${to}${path}`, { agent: this.agent, headers, body, patience: senderWaits });
  }

  /** The next door of those that are said to be open; undefined when all is over and there is none. */
  private async somebody(): Promise<string | undefined> {
    for (;;) {
      const urls = this.parts.urls();
      this.turn += 1;
      const url = urls[this.turn % Math.max(1, urls.length)];
      if (url !== undefined || !this.parts.running()) return url;
      await delay(20);
    }
  }
}
