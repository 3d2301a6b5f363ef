import 'reflect-metadata';
import { fileURLToPath } from 'node:url';
import { LogFollower } from '@lib/platform/event-store/log-follower.js';
import { deskOn, readOwnWriteWithin } from '@lib/house/command-desk.js';
import { CannotStart } from '@lib/house/databases.js';
import { isConsole } from '@lib/house/console.js';
import { checkpointsOn } from '@lib/house/followers.js';
import { frontDoor } from '@lib/house/front-door.js';
import { knownOffice, learnFromLog } from '@lib/house/known-office.js';
import { feedOfLog } from '@lib/house/live-feed.js';
import { listen, runProgram, type Running } from '@lib/house/program.js';
import { sentenceIn, standOn } from '@lib/house/standing-on.js';
import { vitalsOf } from '@lib/house/vital-signs.js';

/** Where the build puts the console, as seen from the built program. */
const consoleFolder = fileURLToPath(new URL('../../../console/', import.meta.url));

/** Milliseconds. What the read models lack is read from the log, so this is long only where no projector has run for long. */
const learnWithin = 120_000;

/** The HTTP door. It holds nothing that others need; as many of it run as the requests ask for. */
async function start({ settings, closings, say }: Running): Promise<void> {
  const foundation = await standOn(settings, closings);
  const { store, log } = foundation;
  const known = knownOffice(foundation);
  const checkpoints = checkpointsOn(foundation);
  const follower = new LogFollower({
    store,
    report: error => log.warn({ error: error.message }, 'the log will be read again'),
  });
  closings.push(async () => {
    await follower.stop();
    await checkpoints.stop();
  });
  await checkpoints.start();
  await learnFromLog(foundation, known, follower);
  if (!(await follower.caughtUpTo(await store.head(), learnWithin))) {
    throw new CannotStart(sentenceIn(settings.language, { zh: '读取事实日志太慢', en: 'The log could not be read in time' }));
  }

  const doorkeeper = { accepting: true };
  const door = await frontDoor(foundation, {
    known,
    desk: deskOn(foundation, known.gatekeeper, async () => follower.caughtUpTo(await store.head(), readOwnWriteWithin)),
    folding: checkpoints,
    feed: feedOfLog(store, follower, checkpoints),
    vitals: vitalsOf(foundation, { process: 'api', doorkeeper, lag: () => checkpoints.lag() }),
    doorkeeper,
    trustedProxies: settings.trustedProxies,
    console: isConsole(consoleFolder) ? consoleFolder : undefined,
  });
  closings.push(() => door.leave(settings.drainWait));
  const url = await listen(door.app, settings);
  say({ zh: `api 已就绪:${url}`, en: `api is ready: ${url}` });
}

await runProgram(start, console);
