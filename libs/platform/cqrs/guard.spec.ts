import { Controller, Get, Module } from '@nestjs/common';
import { DiscoveryModule, NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { anyone, By } from './by.js';
import { AUTHENTICATOR, Guard } from './guard.js';
import { GATEKEEPER } from './tokens.js';

@Controller('told')
class Told {
  @Get()
  @By(anyone)
  look() {
    return {};
  }
}

@Controller('forgotten')
class Forgotten {
  @Get()
  look() {
    return {};
  }
}

async function boot(...controllers: readonly (typeof Told | typeof Forgotten)[]) {
  @Module({
    imports: [DiscoveryModule],
    controllers: [...controllers],
    providers: [Guard, { provide: AUTHENTICATOR, useValue: {} }, { provide: GATEKEEPER, useValue: {} }],
  })
  class House {}
  const app = await NestFactory.create(House, new FastifyAdapter(), { logger: false, abortOnError: false });
  await app.init();
  await app.close();
}

test('a house whose every route says who may use it opens', () => expect(boot(Told)).resolves.toBeUndefined());

test('a route that does not say who may use it fails the boot', () =>
  expect(boot(Told, Forgotten)).rejects.toThrow('routes that do not say who may use them: Forgotten.look'));
