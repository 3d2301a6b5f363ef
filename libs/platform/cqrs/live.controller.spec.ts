import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { LIVE_FEED, LiveController, type Change, type LiveFeed } from './live.controller.js';
import { GATEKEEPER } from './tokens.js';

const change = (position: number): Change => ({
  position: String(position),
  type: 'ServiceStationOpened',
  stream: `serviceStation-${position}`,
  revision: 0,
  recordedAt: '2026-03-02T01:00:00.000Z',
});

/** A feed that says only what it is told to say, when it is told to. */
function feedByHand() {
  let listener: (changes: readonly Change[]) => void = () => undefined;
  let missed: (changes: readonly Change[]) => void = () => undefined;
  const looked = new Promise<readonly Change[]>(resolve => (missed = resolve));
  const feed: LiveFeed = {
    by: [{ role: 'everybody' }],
    whenChanged(heard) {
      listener = heard;
      return () => undefined;
    },
    since: () => looked,
  };
  return {
    feed,
    missed: (changes: readonly Change[]) => missed(changes),
    changes: (...positions: number[]) => listener(positions.map(change)),
  };
}

async function boot(feed: LiveFeed) {
  @Module({
    controllers: [LiveController],
    providers: [
      { provide: LIVE_FEED, useValue: feed },
      { provide: GATEKEEPER, useValue: { permit: () => ({}) } },
    ],
  })
  class House {}
  const app = await NestFactory.create(House, new FastifyAdapter(), { logger: false });
  await app.listen(0, '127.0.0.1');
  return { url: await app.getUrl(), close: () => app.close() };
}

/** The ids that are heard before the `last` one, and that one. */
async function heardUntil(last: number, reader: ReadableStreamDefaultReader<Uint8Array>): Promise<number[]> {
  const decoder = new TextDecoder();
  let text = '';
  for (;;) {
    const ids = [...text.matchAll(/^id: (\d+)$/gm)].map(([, id]) => Number(id));
    if (ids.at(-1) === last) return ids;
    const { value, done } = await reader.read();
    if (done) return ids;
    text += decoder.decode(value, { stream: true });
  }
}

test('each change is told once and in order, however far behind the feed is', async () => {
  const { feed, missed, changes } = feedByHand();
  const house = await boot(feed);
  try {
    const response = await fetch(`${house.url}/api/stream`, { headers: { 'last-event-id': '3' } });
    changes(4, 5);
    missed([4, 5, 6, 7].map(change));
    await new Promise(resolve => setImmediate(resolve));
    changes(6);
    changes(7, 8);
    changes(9);
    expect(await heardUntil(9, response.body!.getReader())).toEqual([4, 5, 6, 7, 8, 9]);
  } finally {
    await house.close();
  }
});
