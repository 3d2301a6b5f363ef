import 'reflect-metadata';
import { openFeed } from '@lib/house/feed.js';
import { sideDoor } from '@lib/house/front-door.js';
import { listen, runProgram, type Running } from '@lib/house/program.js';
import { standOn } from '@lib/house/standing-on.js';
import { vitalsOf } from '@lib/house/vital-signs.js';
import { asSentence, requireBrokers } from './sentences.js';
import { step } from './steps.js';

/** Facts to Kafka. One does it; a second one waits and takes over. */
async function publish(running: Running): Promise<void> {
  const { settings, closings, say, fail } = running;
  const brokers = requireBrokers(settings);
  const foundation = await standOn(settings, closings);
  const feed = openFeed(foundation, { brokers, makeTopics: false });
  const doorkeeper = { accepting: true };
  const vitals = vitalsOf(foundation, { process: 'relay', doorkeeper, lag: () => [], lease: feed.lease, feed });
  const door = await sideDoor(foundation, { vitals, doorkeeper });
  closings.push(
    () => feed.close(),
    () => door.leave(0),
  );
  const url = await listen(door.app, settings);
  feed.fit.catch((error: unknown) => fail(asSentence(error, settings)));
  say({ zh: `relay 已启动:${url}`, en: `relay is up: ${url}` });
}

const [, , word] = process.argv;
if (word === undefined) await runProgram(publish, console, 3003);
else await step(word);
