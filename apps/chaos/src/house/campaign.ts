import type { Program } from '@lib/platform/processes/program.js';
import type { Interruptions, Kind, Run } from '../kind.js';
import { rememberedIn } from './deeds.js';
import { HouseStage } from './house-stage.js';
import { checkLog, Witness } from './log-check.js';
import type { Manners } from './said.js';
import { StoreServer } from './store-server.js';
import { checkCheckpoints, checkViews } from './views-check.js';
import { WritersChild } from './writers-child.js';

/** What every kind that breaks the house has at hand. */
export interface Campaign extends Run {
  readonly stage: HouseStage;
  readonly witness: Witness;
  /** The file in which the writers remember. */
  readonly ledger: string;
  /** Looks at the log and the checkpoints as they are now, and remembers. */
  look(): Promise<void>;
  /** The people of the run, at the doors that are given. */
  people(
    doors: readonly Program[],
    more?: { readonly manners?: Partial<Manners>; readonly rest?: number },
  ): Promise<WritersChild>;
}

interface HouseKind extends Omit<Kind, 'run' | 'eachRoundInterrupts'> {
  /** False when left out: whether a command is just under way when something dies is seldom ours to choose. */
  readonly eachRoundInterrupts?: boolean;
  /** Where PostgreSQL keeps its data, and what is set for it. */
  readonly server?: (run: Run) => Promise<StoreServer>;
  /** Ends with everything running again, so that the house can come to rest. */
  run(campaign: Campaign): Promise<Interruptions>;
}

const usualManners: Manners = { askAgain: 0.5, checkReceipts: 0.05 };

/** A kind on a house of its own; in the end the log, the read models and the memory of the writers say the same. */
export const houseKind = ({ server = () => StoreServer.start(), run: breakIt, ...kind }: HouseKind): Kind => ({
  eachRoundInterrupts: false,
  ...kind,
  async run(run) {
    const { history, violations, seed, options, twin, say } = run;
    const postgres = await server(run);
    const stage = await HouseStage.found(postgres, violations).catch(async (error: unknown) => {
      await postgres.stop();
      throw error;
    });
    const witness = new Witness();
    const ledger = history.path.replace(/\.jsonl$/, '.ledger.jsonl');
    const campaign: Campaign = {
      ...run,
      stage,
      witness,
      ledger,
      async look() {
        for await (const event of stage.log(witness.position)) witness.see(event);
        await stage.asking(pool => checkCheckpoints(pool, violations));
      },
      async people(doors, { manners = {}, rest = 0 } = {}) {
        const urls = await Promise.all(doors.map(door => door.url()));
        const tokens = { registrar: await stage.token(doors[0]!, 'registrar'), staff: await stage.token(doors[0]!, 'staff') };
        const clientTwin = twin === 'lost-is-failed' || twin === 'new-key' ? twin : undefined;
        const setup = { ledger, seed, writers: options.writers, tokens, urls, rest };
        return WritersChild.start({ ...setup, manners: { ...usualManners, ...manners, twin: clientTwin } }, violations);
      },
    };
    try {
      const done = await breakIt(campaign).catch(async (error: unknown) => {
        history.write('scene', await stage.scene().catch((unseen: unknown) => ({ unseen: String(unseen) })));
        throw error;
      });
      await stage.quiet();
      await stage.asking(pool => checkCheckpoints(pool, violations));
      const figures = await checkLog(stage.log(), await rememberedIn(ledger), violations, witness);
      const rows = await stage.within(foundation => checkViews(foundation, violations));
      history.write('checked', { ...figures, rows });
      const number = (value: number) => value.toLocaleString('en');
      say(
        `${number(figures.events)} events in the log; of the commands ${number(figures.ok)} were acknowledged, ` +
          `${number(figures.fail)} refused, ${number(figures.unknown)} left unknown and ${number(figures.committed)} of these ` +
          `had been written; ${number(rows)} rows compared`,
      );
      return done;
    } finally {
      await stage.close();
    }
  },
});
