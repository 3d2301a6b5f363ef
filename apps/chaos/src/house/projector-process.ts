import 'reflect-metadata';
import type { PoolClient } from 'pg';
import { sideDoor } from '@lib/house/front-door.js';
import { checkpointsOn, projections } from '@lib/house/followers.js';
import { leasedWork } from '@lib/house/leased-work.js';
import { listen, runProgram, type Running } from '@lib/house/program.js';
import { standOn } from '@lib/house/standing-on.js';
import { vitalsOf } from '@lib/house/vital-signs.js';
import type { KeyFilter } from '@lib/platform/read-store/key-filter.js';
import type { Lane, PlacedFact } from '@lib/platform/read-store/lane.js';
import { Projector } from '@lib/platform/read-store/projector.js';
import { laneOf } from '@lib/platform/read-store/row-lane.js';
import { poison, poisonedLane, type Fold } from './poison.js';

/** A projector with one lane of an older program, which cannot fold what is poisoned; or of one that leaves it out. */
const fold = process.env.CHAOS_FOLD as Fold;

const isPoisoned = ({ fact }: PlacedFact) => String((fact.data as { name?: unknown }).name).includes(poison);

function brittle(lane: Lane): Lane {
  return {
    name: lane.name,
    version: lane.version,
    fingerprint: lane.fingerprint,
    hears: type => lane.hears(type),
    tableStatements: table => lane.tableStatements(table),
    indexStatements: table => lane.indexStatements(table),
    async write(client: PoolClient, table: string, facts: readonly PlacedFact[], written?: KeyFilter) {
      const bad = facts.filter(isPoisoned);
      if (bad.length > 0 && fold === 'fails') throw new Error(`cannot fold ${bad[0]!.fact.type}`);
      const taken = bad.length > 0 ? facts.filter(fact => !isPoisoned(fact)) : facts;
      if (taken.length > 0) await lane.write(client, table, taken, written);
    },
  };
}

async function start(running: Running): Promise<void> {
  const { settings, closings, say } = running;
  const foundation = await standOn(settings, closings);
  const { store, workPool, open, log } = foundation;
  const { lease, trouble, begin, stop } = leasedWork(foundation, running, 'projector');
  const doorkeeper = { accepting: true };
  const checkpoints = checkpointsOn(foundation);
  const door = await sideDoor(foundation, {
    doorkeeper,
    vitals: vitalsOf(foundation, { process: 'projector', doorkeeper, lag: () => checkpoints.lag(), lease, trouble }),
  });
  closings.push(stop, () => door.leave(0));
  const url = await listen(door.app, settings);
  begin(async ({ fence }) => {
    const lanes = projections.map(laneOf).map(lane => (lane.name === poisonedLane ? brittle(lane) : lane));
    const projector = new Projector({
      projections: lanes,
      store,
      open,
      pool: workPool,
      fence,
      report: (error, lane) => log.warn({ lane, error: error.message }, 'folding will be tried again'),
    });
    await projector.start();
    return () => projector.stop();
  });
  say({ zh: `projector 已启动:${url}`, en: `projector is up: ${url}` });
}

await runProgram(start, console, 3001);
