import type { Program } from '@lib/platform/processes/program.js';
import { until } from '@lib/platform/processes/until.js';
import { houseKind } from '../campaign.js';

const kindsOfWork = ['projector', 'reactor'] as const;

const standing = {
  projector: `select min(position) as position from read.projection where stage = 'serving'`,
  reactor: 'select min(position) as position from reactor.policy',
} as const;

/** Who folds or answers stands still by SIGSTOP until another has taken over and gone on; then it wakes up in the middle of its work. */
export const pause = houseKind({
  does: 'stops the leading projector or reactor by SIGSTOP until another has taken over and gone on, and wakes it up again',
  rounds: 20,
  twins: { 'wakes-as-leader': 'a stale write' },
  async run({ stage, turns, history, violations, twin, say, people, look }) {
    const doors: Program[] = [stage.start('api'), stage.start('api')];
    const pairs = {
      projector: [stage.start('projector'), stage.start('projector')],
      reactor: [stage.start('reactor'), stage.start('reactor')],
    } as const;
    const writers = await people(doors, { rest: 200 });
    writers.tell({ do: 'go' });
    let [rounds, interrupted] = [0, 0];
    for (const round of turns) {
      rounds = round;
      const work = kindsOfWork[round % kindsOfWork.length]!;
      await stage.asking(async pool => {
        const lease = async () => {
          const { rows } = await pool.query<{ holder: string; token: string; current: boolean }>(
            'select holder, token::text, expires > clock_timestamp() as current from lease.lease where name = $1',
            [work],
          );
          const [row] = rows;
          return { token: BigInt(row?.token ?? 0), pid: row?.current ? Number(row.holder.split(' ').at(-1)) : undefined };
        };
        const at = async () => Number((await pool.query<{ position: string }>(standing[work])).rows[0]!.position);
        let leader: Program | undefined;
        await until(`a ${work} has the lease`, async () => {
          const { pid } = await lease();
          leader = pairs[work].find(({ process }) => process.pid === pid);
          return leader !== undefined;
        });
        const { token } = await lease();
        const before = writers.tally.ok;
        await writers.until('there is work for it', () => writers.tally.ok > before + 20);
        leader!.signal('SIGSTOP');
        const paused = await at();
        await until('another has taken over', async () => (await lease()).token > token);
        await until('it has gone on', async () => (await at()) > paused);
        const [meanwhile, successor] = [await at(), await lease()];
        leader!.signal('SIGCONT');
        const heard = leader!.output.length;
        await until('the paused one knows that it has lost', () =>
          /the lease is lost/.test(leader!.output.slice(Math.max(0, heard - 500))),
        );
        if (twin === 'wakes-as-leader') {
          // What a leader would write that has neither fence nor comparison.
          const table = work === 'projector' ? `read.projection` : 'reactor.policy';
          await pool.query(`update ${table} set position = $1`, [paused]);
        }
        const after = await at();
        if (after < meanwhile) violations.add('a stale write', `${work}: back from ${meanwhile} to ${after}`);
        if (successor.token > token && meanwhile > paused) interrupted += 1;
        history.write('paused', {
          round,
          work,
          paused,
          meanwhile,
          after,
          token: String(token),
          successor: String(successor.token),
        });
      });
      await look();
      // What was put back is not gone on with.
      if (twin === 'wakes-as-leader' && round === kindsOfWork.length) break;
      if (round % 5 === 0) say(`round ${round}: ${writers.tally.ok} commands acknowledged so far`);
    }
    await writers.stop();
    return { rounds, interrupted };
  },
});
