import 'reflect-metadata';
import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { endAll } from './child.js';
import { History } from './history.js';
import type { Kind, Options } from './kind.js';
import { kinds } from './kinds.js';
import { Random } from './random.js';
import { Violations } from './violations.js';

const { values: given, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string' },
    /** What is drawn comes again with the same seed; when the processes meet does not. */
    seed: { type: 'string' },
    /** Who send commands at the same time. */
    writers: { type: 'string', default: '64' },
    /** How long a broker stays away. */
    seconds: { type: 'string', default: '120' },
    /** How long the log of `order`, `gaps` and `poison` gets. */
    events: { type: 'string' },
    /** One way to `cut` a line; all of them in turn when left out. */
    kind: { type: 'string' },
    /** Runs what is wrong on purpose, and fails when that is not noticed. */
    twin: { type: 'boolean', default: false },
  },
});

const say = (line: string) => console.log(line);

function wholeNumber(name: string, value: string): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number) || number < 1) throw new Error(`--${name}=${value} is no whole number from 1 on`);
  return number;
}

let over = false;
process.once('SIGINT', () => {
  over = true;
  say('ending after this round');
});

function* turns(rounds: number): Generator<number> {
  for (let round = 1; round <= rounds && !over; round += 1) yield round;
}

/** @returns whether the run came out as it must */
async function run(name: string, kind: Kind, seed: number, twin: string | undefined): Promise<boolean> {
  const rounds =
    given.rounds === undefined ? (twin ? Math.min(5, kind.rounds) : kind.rounds) : wholeNumber('rounds', given.rounds);
  const options: Options = {
    writers: wholeNumber('writers', given.writers),
    seconds: wholeNumber('seconds', given.seconds),
    events: given.events === undefined ? undefined : wholeNumber('events', given.events),
    way: given.kind,
  };
  const history = new History(`${name}${twin ? `-${twin}` : ''}-${seed}`);
  const violations = new Violations(history);
  const random = new Random(seed);
  const began = performance.now();
  history.write('begin', { kind: name, rounds, seed, ...options, twin });
  say(`${name}${twin ? ` with the twin ${twin}` : ''}: ${kind.does}`);
  say(`seed ${seed}, history ${history.path}`);
  let done = { rounds, interrupted: 0 };
  let failure: unknown;
  try {
    done = await kind.run({ name, seed, rounds, turns: turns(rounds), options, twin, history, violations, random, say });
  } catch (error) {
    failure = error;
  } finally {
    await endAll();
  }
  if (failure !== undefined) {
    const words = failure instanceof Error ? (failure.stack ?? failure.message) : String(failure);
    say(`the run itself failed: ${words}`);
    history.write('failed', { words });
  }
  const found = violations.total;
  for (const line of violations.summary()) say(line);
  history.write('end', { ...done, violations: found });
  await history.close();
  say(`${Math.round((performance.now() - began) / 1000)} s`);
  const result = `${done.rounds} rounds, ${done.interrupted} interrupted, ${found} violations`;
  const caught = twin !== undefined && failure === undefined && violations.of(kind.twins[twin] ?? '') > 0;
  say(twin ? `${result}: the twin ${twin} was ${caught ? 'caught' : 'NOT caught'}` : result);
  const enough = kind.eachRoundInterrupts ? done.interrupted === done.rounds : done.interrupted > 0;
  if (failure !== undefined || !enough || done.rounds === 0) return false;
  return twin ? caught : found === 0;
}

const [name = '', ...more] = positionals;
const kind = Object.hasOwn(kinds, name) ? kinds[name] : undefined;
try {
  if (!kind || more.length > 0) {
    const list = Object.entries(kinds).map(([known, { does }]) => `  ${known.padEnd(14)}${does}`);
    throw new Error(`npm run chaos -- KIND [--rounds=N] [--seed=N] [--twin], where KIND is one of\n${list.join('\n')}`);
  }
  const missing = await kind.missing?.();
  if (missing !== undefined) {
    say(`skipped: ${name}: ${missing}`);
    if (process.env.YIZHAN_REQUIRE_ALL) process.exitCode = 1;
  } else {
    const seed = given.seed === undefined ? randomInt(1, 1_000_000) : wholeNumber('seed', given.seed);
    for (const twin of given.twin ? Object.keys(kind.twins) : [undefined])
      if (!(await run(name, kind, seed, twin))) process.exitCode = 1;
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
