import 'reflect-metadata';
import { Body, Controller, Module, Post, ValidationPipe } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { randomBytes } from 'node:crypto';
import pino from 'pino';
import { MasterKey } from '@lib/platform/privacy/master-key.js';
import { RegisterWorker } from '@lib/workforce/social-worker/social-worker.commands.js';
import { SetStationServiceFields } from '@lib/service-network/service-station/service-station.commands.js';
import { OmitType } from '@nestjs/swagger';
import { openPilotAccounts } from '@lib/house/first-day.js';
import { openHouse } from '@lib/house/house.js';
import { foundProvince } from './province.js';

class FieldsBody extends OmitType(SetStationServiceFields, ['stationId']) {}

/** The peer: the same framework, the same body, the same rules for it, and nothing behind. */
@Controller('bare')
class BareController {
  @Post('fields')
  fields(@Body() body: FieldsBody) {
    return { fields: body.serviceFields.length };
  }

  @Post('workers')
  workers(@Body() body: RegisterWorker) {
    return { workerId: body.workerId };
  }
}
Reflect.defineMetadata('design:paramtypes', [FieldsBody], BareController.prototype, 'fields');
Reflect.defineMetadata('design:paramtypes', [RegisterWorker], BareController.prototype, 'workers');

@Module({ controllers: [BareController] })
class BareModule {}

export interface ServerReady {
  readonly bare: string;
  readonly house: string;
  readonly token: string;
  readonly registrar: string;
  readonly stations: readonly string[];
  readonly divisionId: string;
}

/** `alone`: commands only, as where views and policies are processes of their own. `whole`: everything in this process. */
export type ServerKind = 'alone' | 'whole';

const [log, keys, stations, kind, brokers] = process.argv.slice(2) as [string, string, string, ServerKind, string?];
const house = await openHouse({
  databases: { log, keys },
  masterKey: new MasterKey(randomBytes(32)),
  log: pino({ level: 'silent' }),
  brokers: brokers?.split(',') ?? [],
});
const province = await foundProvince(house.store, { stations: Number(stations) });
await openPilotAccounts(house, 'bench-bench');
await house.projector.caughtUpTo(await house.store.head(), 120_000);
const { token } = await house.sessions.signIn('staff', 'bench-bench');
const { token: registrar } = await house.sessions.signIn('registrar', 'bench-bench');
if (kind === 'alone') {
  await house.reactor.stop();
  await house.projector.stop();
}
await house.app.listen(0, '127.0.0.1');

const bare = await NestFactory.create<NestFastifyApplication>(BareModule, new FastifyAdapter(), { logger: ['error'] });
bare.useGlobalPipes(new ValidationPipe({ whitelist: true, forbidNonWhitelisted: true, transform: true }));
await bare.listen(0, '127.0.0.1');

const ready: ServerReady = { bare: await bare.getUrl(), house: await house.app.getUrl(), token, registrar, ...province };
process.send?.(ready);
process.once('message', () => {
  void Promise.all([house.close(), bare.close()]).then(() => process.exit(0));
});
