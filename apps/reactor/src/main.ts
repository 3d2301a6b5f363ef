import 'reflect-metadata';
import { CommandBus } from '@nestjs/cqrs';
import { policiesStandAt } from '@lib/platform/cqrs/reactor.js';
import { deskOn } from '@lib/house/command-desk.js';
import { checkpointsOn, reactorOn } from '@lib/house/followers.js';
import { sideDoor } from '@lib/house/front-door.js';
import { knownOffice } from '@lib/house/known-office.js';
import { leasedWork } from '@lib/house/leased-work.js';
import { listen, runProgram, type Running } from '@lib/house/program.js';
import { standOn } from '@lib/house/standing-on.js';
import { vitalsOf } from '@lib/house/vital-signs.js';

/** Answers facts with commands. One does it; a second one waits and takes over. */
async function start(running: Running): Promise<void> {
  const { settings, closings, say } = running;
  const foundation = await standOn(settings, closings);
  const { store, pool } = foundation;
  const checkpoints = checkpointsOn(foundation);
  closings.push(() => checkpoints.stop());
  await checkpoints.start();

  // Commands of policies come from the house itself, which is bound to no place: the gatekeeper need not know any.
  const desk = deskOn(foundation, knownOffice(foundation).gatekeeper, () => Promise.resolve(true));
  const { lease, trouble, begin, stop } = leasedWork(foundation, running, 'reactor');
  const doorkeeper = { accepting: true };
  const door = await sideDoor(foundation, {
    doorkeeper,
    desk,
    vitals: vitalsOf(foundation, {
      process: 'reactor',
      doorkeeper,
      lag: async () => [
        { name: 'policies', position: await policiesStandAt(pool), head: await store.head(), state: 'following' },
      ],
      lease,
      trouble,
    }),
  });
  const bus = door.app.get(CommandBus, { strict: false });
  closings.push(stop, () => door.leave(0));
  const url = await listen(door.app, settings);
  begin(async ({ fence }) => {
    const reactor = reactorOn(foundation, checkpoints, command => bus.execute(command), fence);
    await reactor.start();
    return () => reactor.stop();
  });
  say({ zh: `reactor 已启动:${url}`, en: `reactor is up: ${url}` });
}

await runProgram(start, console, 3002);
