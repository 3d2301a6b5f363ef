import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { DynamicModule } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import { Histogram, type Registry } from 'prom-client';
import type { CommandDesk } from '@lib/platform/cqrs/command-desk.js';
import { DatabaseAccessLog } from '@lib/access/access-log.js';
import { HealthController, VITALS, type Vitals } from '@lib/platform/cqrs/health.controller.js';
import { HouseModule } from '@lib/platform/cqrs/house.module.js';
import type { LiveFeed } from '@lib/platform/cqrs/live.controller.js';
import { handlersOf } from '@lib/platform/cqrs/routes.js';
import { comparePositions } from '@lib/platform/event-store/event-store.js';
import { labelOf } from '@lib/scrutiny/history/labels.js';
import type { Folding } from '@lib/platform/read-store/folding.js';
import { readOwnWriteWithin } from './command-desk.js';
import { serveConsole } from './console.js';
import { behindDoors, doors } from './doors.js';
import { IndexController } from './index.controller.js';
import type { Foundation } from './foundation.js';
import { knownOffice, type KnownOffice } from './known-office.js';
import { office } from './office.js';
import { createDocument } from './openapi.js';
import type { Doorkeeper } from './vital-signs.js';

/** For answers that no page is made of; the console brings a policy of its own. */
const answerHeaders = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
} as const;

/** An HTTP server of Nest that is not yet listening, and how to leave it in order. */
export interface Door {
  readonly app: NestFastifyApplication;
  /**
   * Says that it is not ready any more, waits so that whoever distributes requests learns of it, takes no further connections, and
   * answers everything that came in. From the first moment on each answer asks its client to end the connection, so that none is cut
   * while a request is on its way.
   * @param wait milliseconds
   */
  leave(wait: number): Promise<void>;
}

interface DoorParts {
  readonly log: Logger;
  readonly doorkeeper: Doorkeeper;
  readonly metrics: Registry;
  readonly trustedProxies?: readonly string[];
  readonly prepare?: (app: NestFastifyApplication) => Promise<void>;
}

async function doorOf(
  module: DynamicModule,
  { log, doorkeeper, metrics, trustedProxies = [], prepare }: DoorParts,
): Promise<Door> {
  const adapter = new FastifyAdapter({
    bodyLimit: 256 * 1024,
    genReqId: () => randomUUID(),
    // Anybody may write X-Forwarded-For; it counts only where it comes from a proxy of ours.
    trustProxy: trustedProxies.length > 0 ? [...trustedProxies] : false,
    forceCloseConnections: 'idle',
    // What comes over a connection that is still open is answered, not turned away.
    return503OnClosing: false,
    routerOptions: { maxParamLength: 100 },
  });
  const requests = new Histogram({
    name: 'yizhan_http_seconds',
    help: 'Time to answer a request',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5],
    registers: [metrics],
  });
  const app = await NestFactory.create<NestFastifyApplication>(module, adapter, {
    logger: ['error', 'warn', 'fatal'],
    abortOnError: false,
  });
  const fastify = app.getHttpAdapter().getInstance();
  fastify.addHook('onRequest', (_, reply, done) => {
    reply.headers(answerHeaders);
    done();
  });
  fastify.addHook('onSend', (_, reply, payload, done) => {
    if (!doorkeeper.accepting) reply.header('connection', 'close');
    done(null, payload);
  });
  fastify.addHook('onResponse', (request, reply, done) => {
    const { method, id: requestId } = request;
    const { statusCode: status, elapsedTime } = reply;
    const route = request.routeOptions.url ?? 'unknown';
    requests.labels(method, route, String(status)).observe(elapsedTime / 1000);
    log.info({ requestId, method, route, status, ms: Math.round(elapsedTime) }, 'answered');
    done();
  });
  await prepare?.(app);
  await app.init();
  await fastify.ready();
  return {
    app,
    async leave(wait) {
      doorkeeper.accepting = false;
      await delay(wait);
      await app.close();
    },
  };
}

export interface FrontDoorParts {
  readonly desk: CommandDesk;
  readonly known: KnownOffice;
  readonly folding: Folding;
  readonly feed: LiveFeed;
  readonly vitals: Vitals;
  readonly doorkeeper: Doorkeeper;
  readonly trustedProxies?: readonly string[];
  /** The folder of the built console; without one the root is a page of text. */
  readonly console?: string | undefined;
}

/** Every route of the office. */
export function frontDoor(
  { reader, log, pool }: Foundation,
  {
    desk,
    known: { accounts, tree, gatekeeper, sessions },
    folding,
    feed,
    vitals,
    doorkeeper,
    trustedProxies = [],
    console: consoleFolder,
  }: FrontDoorParts,
): Promise<Door> {
  const document: { value: object } = { value: {} };
  const module = HouseModule.of({
    office,
    desk,
    gatekeeper,
    authenticator: sessions,
    readSide: {
      reader,
      position: () =>
        folding
          .lag()
          .map(({ position }) => position)
          .reduce((least, position) => (comparePositions(position, least) < 0 ? position : least)),
      waitFor: position => folding.caughtUpTo(position, readOwnWriteWithin),
    },
    called: labelOf,
    accessLog: new DatabaseAccessLog(pool),
    log,
    controllers: consoleFolder ? doors.filter(door => door !== IndexController) : doors,
    providers: behindDoors({ sessions, accounts, tree, feed, vitals, document }),
  });
  return doorOf(module, {
    log,
    doorkeeper,
    metrics: vitals.metrics,
    trustedProxies,
    async prepare(app) {
      document.value = createDocument(app);
      if (consoleFolder) await serveConsole(app, consoleFolder);
    },
  });
}

/** Health and metrics only, of a process that nobody sends requests to; commands of its own go through its CommandBus. */
export function sideDoor(
  foundation: Foundation,
  { vitals, doorkeeper, desk }: { readonly vitals: Vitals; readonly doorkeeper: Doorkeeper; readonly desk?: CommandDesk },
): Promise<Door> {
  const module = HouseModule.of({
    office: [],
    // Nobody can sign in here.
    gatekeeper: knownOffice(foundation).gatekeeper,
    authenticator: { principalBehind: () => Promise.resolve(undefined) },
    log: foundation.log,
    controllers: [HealthController],
    providers: [{ provide: VITALS, useValue: vitals }, ...(desk ? handlersOf(office, desk) : [])],
  });
  return doorOf(module, { log: foundation.log, doorkeeper, metrics: vitals.metrics });
}
