import type { Pool } from 'pg';
import { isSilence } from '@lib/platform/postgres/answering-pool.js';
import type { Program } from '@lib/platform/processes/program.js';
import { houseKind } from '../campaign.js';
import { holdAppend, type Appending } from '../held-append.js';
import type { HouseStage } from '../house-stage.js';
import { StoreServer } from '../store-server.js';
import { makeCommitsAsynchronous, neverFlushed } from '../store-twins.js';

/** The connections of the doors go by this name. */
const door = 'chaos-door';

/** The appends of the doors, seen from the server. */
const appendsOf = (stage: HouseStage, pool: Pool): Appending => {
  const ask = async (condition: string) => {
    const query = {
      text: `select pid from pg_stat_activity where application_name = $1 and query like '%log.append_group(%' and ${condition}`,
      values: [door],
      query_timeout: 10_000,
    };
    const { rows } = await pool.query<{ pid: number }>(query);
    return rows.map(({ pid }) => pid);
  };
  return {
    backends: () => ask('true'),
    isAtWork: backend =>
      ask(`state = 'active'`).then(
        pids => pids.includes(backend),
        // Stopped while it held what every question needs: only who is at work does.
        error => {
          if (isSilence(error)) return true;
          throw error;
        },
      ),
    stop: backend => stage.server.stopBackend(backend),
    wake: backend => stage.server.wakeBackend(backend),
  };
};

/** PostgreSQL ends by SIGKILL, all its processes at once, under load, and comes back on its folder; the house goes on by itself. */
export const killStore = houseKind({
  does: 'ends PostgreSQL by SIGKILL, main process and backends, under load, and starts it again; nobody helps the house',
  rounds: 100,
  eachRoundInterrupts: true,
  twins: {
    asynchronous: 'I1 an acknowledged event is missing',
    'lost-is-failed': 'a command was written that was said not to be',
  },
  server: ({ twin }) => StoreServer.start(twin === 'asynchronous' ? neverFlushed : {}),
  async run({ stage, turns, history, random, twin, say, people, look }) {
    const address = new URL(stage.url);
    address.searchParams.set('application_name', door);
    const environment = { DATABASE_URL: address.href };
    const doors: Program[] = [stage.start('api', environment), stage.start('api', environment)];
    stage.start('projector');
    stage.start('reactor');
    const writers = await people(doors);
    if (twin === 'asynchronous') await stage.asking(makeCommitsAsynchronous);
    writers.tell({ do: 'go' });
    let [rounds, interrupted] = [0, 0];
    for (const round of turns) {
      rounds = round;
      const before = writers.tally;
      await writers.until('the writers are at work', () => writers.tally.ok > before.ok + 20 + random.below(200));
      const { lost, turnedAway } = writers.tally;
      const killed = await stage.asking(async pool => {
        const held = await holdAppend(appendsOf(stage, pool), below => random.below(below));
        interrupted += 1;
        return { held, processes: stage.server.kill() };
      });
      await writers.until('the writers have noticed', () => writers.tally.lost > lost, 3_000).catch(() => undefined);
      await stage.server.startAgain();
      const cutOff = writers.tally.lost - lost;
      await look();
      history.write('killed', { round, killed, cutOff, turnedAway: writers.tally.turnedAway - turnedAway, tally: writers.tally });
      if (round % 10 === 0) say(`round ${round}: ${cutOff} answers were lost, ${writers.tally.ok} commands acknowledged so far`);
    }
    await writers.stop();
    return { rounds, interrupted };
  },
});
