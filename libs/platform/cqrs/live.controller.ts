import { Controller, Get, Inject, Req, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiHeader, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { By as Roles, Gatekeeper, Principal } from '@lib/platform/kernel/access.js';
import { everywhere } from '@lib/platform/kernel/access.js';
import { comparePositions } from '@lib/platform/event-store/event-store.js';
import { By, signedIn } from './by.js';
import { principalOf } from './guard.js';
import { GATEKEEPER } from './tokens.js';

/** What changed, without saying what it changed to: whoever may look asks the views. */
export interface Change {
  readonly position: string;
  readonly type: string;
  readonly stream: string;
  readonly revision: number;
  readonly recordedAt: string;
  readonly divisionId?: string | undefined;
}

export interface LiveFeed {
  /** Who may listen at all; scope is judged for each change. */
  readonly by: Roles;
  /** @returns how to stop */
  whenChanged(listener: (changes: readonly Change[]) => void): () => void;
  /** Changes behind a position up to the end of the log, when the views show them; undefined when there are `limit` or more. */
  since(position: string, limit: number): Promise<readonly Change[] | undefined>;
}

export const LIVE_FEED = Symbol('live feed');

const heartbeat = 15_000;
const streamsPerPerson = 5;
const catchUpAtMost = 1_000;

@ApiTags('live')
@Controller('api/stream')
export class LiveController {
  private readonly open = new Map<string, number>();
  private readonly ends = new Set<() => void>();

  constructor(
    @Inject(LIVE_FEED) private readonly feed: LiveFeed,
    @Inject(GATEKEEPER) private readonly gatekeeper: Gatekeeper,
  ) {}

  @Get()
  @By(signedIn)
  @ApiBearerAuth()
  @ApiOperation({
    operationId: 'stream',
    summary: '实时变化',
    description: 'Server-sent events: one `fact` per change within scope, id = position. `reset` asks the client to load anew.',
  })
  @ApiHeader({ name: 'Last-Event-ID', required: false, description: 'Continue behind this position', schema: { type: 'string' } })
  @ApiResponse({ status: 200, description: 'The stream', content: { 'text/event-stream': { schema: { type: 'string' } } } })
  async listen(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const principal = principalOf(request);
    const held = this.open.get(principal.id) ?? 0;
    if (held >= streamsPerPerson) {
      await reply.status(429).header('retry-after', '5').send();
      return;
    }
    this.open.set(principal.id, held + 1);
    reply.hijack();
    const { raw } = reply;
    raw.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
      connection: 'keep-alive',
    });
    raw.write(': ready\n\n');

    let sent = '0';
    const waiting: (readonly Change[])[] = [];
    let catchingUp = true;
    // What was caught up with reaches to the end of the log; the feed may still be on its way there.
    const send = (changes: readonly Change[]) => {
      const fresh = changes.filter(({ position }) => comparePositions(position, sent) > 0);
      const text = fresh
        .filter(change => this.maySee(principal, change))
        .map(asEvent)
        .join('');
      sent = fresh.at(-1)?.position ?? sent;
      if (text) raw.write(text);
    };
    const stopFeed = this.feed.whenChanged(changes => {
      if (catchingUp) waiting.push(changes);
      else send(changes);
    });
    const beat = setInterval(() => raw.write(': still here\n\n'), heartbeat);
    let ended = false;
    const end = () => {
      if (ended) return;
      ended = true;
      clearInterval(beat);
      stopFeed();
      this.ends.delete(end);
      const left = (this.open.get(principal.id) ?? 1) - 1;
      if (left > 0) this.open.set(principal.id, left);
      else this.open.delete(principal.id);
      raw.end();
    };
    this.ends.add(end);
    raw.on('close', end);
    raw.on('error', end);

    const lastSeen = request.headers['last-event-id'];
    if (lastSeen !== undefined && /^\d{1,20}$/.test(String(lastSeen))) {
      const missed = await this.feed.since(String(lastSeen), catchUpAtMost);
      if (ended) return;
      if (missed) send(missed);
      else raw.write('event: reset\ndata: {}\n\n');
    }
    catchingUp = false;
    for (const changes of waiting) send(changes);
  }

  onModuleDestroy(): void {
    for (const end of this.ends) end();
  }

  private maySee(principal: Principal, { divisionId }: Change): boolean {
    return this.gatekeeper.permit(principal, this.feed.by, divisionId ? { divisionId } : everywhere) !== undefined;
  }
}

const asEvent = (change: Change) => `event: fact\nid: ${change.position}\ndata: ${JSON.stringify(change)}\n\n`;
