import 'reflect-metadata';
import { Random } from '../random.js';
import { Ledger } from './ledger.js';
import type { SaidByWriters, Tally, ToldToWriters, WritersSetup } from './said.js';
import { Town } from './town.js';
import { Writer } from './writer.js';

const setup = JSON.parse(process.argv[2]!) as WritersSetup;
const { seed, manners, rest, tokens } = setup;

const say = (said: SaidByWriters) => void process.send?.(said);
const ledger = await Ledger.create(setup.ledger);
const town = new Town(new Random(seed));
let urls = setup.urls;
let running = true;
let deeds = 0;
const tally = { ok: 0, fail: 0, unknown: 0, lost: 0, turnedAway: 0, statuses: {} as Record<string, number> } satisfies Tally;

const writerOf = (nth: number) =>
  new Writer(
    {
      town,
      ledger,
      random: new Random(seed * 1_000 + nth),
      manners,
      rest,
      tokens,
      number: () => (deeds += 1),
      urls: () => urls,
      running: () => running,
      count: (what, status) => {
        tally[what] += 1;
        if (status !== undefined) tally.statuses[status] = (tally.statuses[status] ?? 0) + 1;
      },
    },
    nth,
  );

let work: Promise<unknown> = Promise.resolve();
process.on('message', (told: ToldToWriters) => {
  if (told.do === 'turn-to') {
    urls = told.urls;
    say({ said: 'turned' });
  } else if (told.do === 'go') {
    work = Promise.all(Array.from({ length: setup.writers }, (_, nth) => writerOf(nth).work()));
    work.catch((error: unknown) => {
      const words = error instanceof Error ? (error.stack ?? '') : String(error);
      process.send?.({ said: 'trouble', words } satisfies SaidByWriters, () => process.exit(1));
    });
  } else {
    running = false;
    void (async () => {
      await work;
      await ledger.close();
      say({ said: 'tally', ...tally });
      say({ said: 'stopped' });
    })();
  }
});
process.on('disconnect', () => process.exit(1));
setInterval(() => say({ said: 'tally', ...tally }), 25).unref();

const founder = writerOf(0);
for (const deed of town.foundations())
  if ((await founder.does(deed)) !== 'ok') say({ said: 'trouble', words: `${deed.command.name} did not come about` });
say({ said: 'ready' });
