import { Controller, Get, Inject, Res } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { Registry } from 'prom-client';
import { anyone, By } from './by.js';

export interface FollowerLag {
  readonly name: string;
  readonly position: string;
  readonly head: string;
  readonly state: string;
  readonly error?: string;
}

export interface Vitals {
  /** What runs here, such as `standalone` or `projector`. */
  readonly process: string;
  /** False from the moment that a stop was asked for. */
  accepting(): boolean;
  /** How an acknowledged fact is kept, such as `postgres-sync`. */
  readonly durability: string;
  readonly metrics: Registry;
  lag(): readonly FollowerLag[] | Promise<readonly FollowerLag[]>;
  /** Of a process of which one works and the others wait to take over. */
  lease?(): Promise<{
    readonly state: 'held' | 'waiting';
    /** Who has it now, in words; absent while nobody does. */
    readonly holder?: string | undefined;
    readonly token?: string | undefined;
    /** Why the work has not begun although the lease is held; absent when nothing keeps it. */
    readonly trouble?: string | undefined;
  }>;
  /** Commands of policies that were refused and wait for a person. */
  parked(): Promise<number>;
  /** Of a process that publishes: how far it is, and what keeps it. */
  feed?(): Promise<object>;
  storeAnswers(): Promise<boolean>;
}

export const VITALS = Symbol('vitals');

@ApiTags('health')
@Controller('api')
export class HealthController {
  constructor(@Inject(VITALS) private readonly vitals: Vitals) {}

  @Get('health/live')
  @By(anyone)
  @ApiOperation({ operationId: 'live', summary: '进程存活', description: 'The process is alive' })
  @ApiResponse({ status: 200, description: 'Alive' })
  live() {
    return { status: 'alive' };
  }

  @Get('health/ready')
  @By(anyone)
  @ApiOperation({
    operationId: 'ready',
    summary: '可用状态',
    description: 'Takes requests: the log answers and the views follow it',
  })
  @ApiResponse({ status: 200, description: 'Ready' })
  @ApiResponse({ status: 503, description: 'Not ready: stopping, no log, or a view that has failed' })
  async ready(@Res({ passthrough: true }) reply: FastifyReply) {
    const stopping = !this.vitals.accepting();
    const store = stopping ? false : await this.vitals.storeAnswers();
    const lag = await (store ? this.vitals.lag() : []);
    const projections = lag.map(({ name, position, head, state }) => ({
      name,
      position,
      behind: Number(BigInt(head) - BigInt(position)),
      state,
    }));
    const failed = projections.some(({ state }) => state === 'failed');
    const lease = store ? await this.vitals.lease?.() : undefined;
    const ready = store && !failed && lease?.trouble === undefined;
    if (!ready) reply.status(503);
    return {
      status: ready ? 'ready' : stopping ? 'stopping' : 'not-ready',
      process: this.vitals.process,
      durability: this.vitals.durability,
      parked: store ? await this.vitals.parked() : 0,
      ...(lease ? { lease } : {}),
      ...(store && this.vitals.feed ? { feed: await this.vitals.feed() } : {}),
      projections,
    };
  }

  @Get('metrics')
  @By(anyone)
  @ApiOperation({ operationId: 'metrics', summary: '指标', description: 'Prometheus metrics, without personal data' })
  @ApiResponse({ status: 200, description: 'Metrics', content: { 'text/plain': { schema: { type: 'string' } } } })
  async metrics(@Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    reply.header('content-type', this.vitals.metrics.contentType);
    return this.vitals.metrics.metrics();
  }
}
