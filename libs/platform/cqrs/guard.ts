import { Inject, Injectable, type CanActivate, type ExecutionContext, type OnApplicationBootstrap } from '@nestjs/common';
import { PATH_METADATA } from '@nestjs/common/constants.js';
import { DiscoveryService, MetadataScanner, Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import type { By, Gatekeeper, Principal } from '@lib/platform/kernel/access.js';
import { anyone, BY, PACED, signedIn, type Paced } from './by.js';
import { NotPermitted, NotSignedIn, TooManyRequests } from './no.js';
import { callerOf, Pace, type Allowance } from './pace.js';
import { GATEKEEPER } from './tokens.js';

export interface Authenticator {
  /** @returns undefined for a token that is wrong, expired or revoked */
  principalBehind(token: string): Promise<Principal | undefined>;
}

export const AUTHENTICATOR = Symbol('authenticator');
export const nobody: Principal = { id: 'public', name: 'public' };

/** For everybody together who comes from one address without having signed in. */
export const withoutSigningIn: Readonly<Record<Paced, Allowance>> = {
  look: { atOnce: 60, perMinute: 60 },
  send: { atOnce: 30, perMinute: 10 },
};

const principals = new WeakMap<FastifyRequest, Principal>();

export const principalOf = (request: FastifyRequest): Principal => principals.get(request) ?? nobody;

/** Denies by default: every route says who may, and the boot fails where one does not. */
@Injectable()
export class Guard implements CanActivate, OnApplicationBootstrap {
  private readonly paces: Readonly<Record<Paced, Pace>> = {
    look: new Pace(withoutSigningIn.look),
    send: new Pace(withoutSigningIn.send),
  };

  constructor(
    private readonly reflector: Reflector,
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
    @Inject(AUTHENTICATOR) private readonly authenticator: Authenticator,
    @Inject(GATEKEEPER) private readonly gatekeeper: Gatekeeper,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const by = this.reflector.get<By | undefined>(BY, context.getHandler());
    if (!by) throw new NotPermitted();
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const open = by.some(({ role }) => role === anyone.role);
    const authorization = request.headers.authorization;
    if (authorization === undefined) {
      if (!open) throw new NotSignedIn();
      const paced = this.reflector.get<Paced | undefined>(PACED, context.getHandler());
      const wait = paced ? this.paces[paced].waitOf(callerOf(request.ip)) : 0;
      if (wait > 0) throw new TooManyRequests(wait);
      return true;
    }
    const token = /^Bearer (\S+)$/.exec(authorization)?.[1];
    const principal = token ? await this.authenticator.principalBehind(token) : undefined;
    if (!principal) throw new NotSignedIn();
    principals.set(request, principal);
    if (open || by.some(({ role }) => role === signedIn.role) || this.gatekeeper.holdsAny(principal, by)) return true;
    throw new NotPermitted();
  }

  onApplicationBootstrap(): void {
    const open = this.discovery.getControllers().flatMap(({ instance, metatype }) => {
      if (!instance || !metatype) return [];
      const prototype = Object.getPrototypeOf(instance) as object;
      return this.scanner
        .getAllMethodNames(prototype)
        .map(name => ({ name, handler: (prototype as Record<string, unknown>)[name] as object }))
        .filter(({ handler }) => Reflect.hasMetadata(PATH_METADATA, handler) && !Reflect.hasMetadata(BY, handler))
        .map(({ name }) => `${metatype.name}.${name}`);
    });
    if (open.length > 0) throw new Error(`routes that do not say who may use them: ${open.join(', ')}`);
  }
}
