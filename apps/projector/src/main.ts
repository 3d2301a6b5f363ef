import 'reflect-metadata';
import type { Projector } from '@lib/platform/read-store/projector.js';
import { checkpointsOn, projectorOn } from '@lib/house/followers.js';
import { sideDoor } from '@lib/house/front-door.js';
import { leasedWork } from '@lib/house/leased-work.js';
import { listen, runProgram, type Running } from '@lib/house/program.js';
import { standOn } from '@lib/house/standing-on.js';
import { vitalsOf } from '@lib/house/vital-signs.js';

/** Folds facts into read models. One does it; a second one waits and takes over. */
async function start(running: Running): Promise<void> {
  const { settings, closings, say } = running;
  const foundation = await standOn(settings, closings);
  const checkpoints = checkpointsOn(foundation);
  closings.push(() => checkpoints.stop());
  await checkpoints.start();

  let working: Projector | undefined;
  const { lease, trouble, begin, stop } = leasedWork(foundation, running, 'projector');
  const doorkeeper = { accepting: true };
  const vitals = vitalsOf(foundation, {
    process: 'projector',
    doorkeeper,
    lag: () => (working ?? checkpoints).lag(),
    lease,
    trouble,
  });
  const door = await sideDoor(foundation, { vitals, doorkeeper });
  closings.push(stop, () => door.leave(0));
  const url = await listen(door.app, settings);
  begin(async ({ fence }) => {
    const projector = projectorOn(foundation, fence);
    await projector.start();
    working = projector;
    return async () => {
      working = undefined;
      await projector.stop();
    };
  });
  say({ zh: `projector 已启动:${url}`, en: `projector is up: ${url}` });
}

await runProgram(start, console, 3001);
