import { randomUUID } from 'node:crypto';
import type { Change } from '@lib/platform/cqrs/live.controller.js';
import type { Account, Actor, Language } from './words.js';

/** A sentence for the person at the terminal; no stack. */
export class NotAsTold extends Error {}

export interface Answer<Body> {
  readonly status: number;
  readonly body: Body;
  readonly etag: string | undefined;
  readonly position: string | undefined;
}

export interface Problem {
  readonly code: string;
  readonly detail: string;
  readonly errors?: readonly { readonly detail: string }[];
}

/** Headers and parameters of a command, besides its body. */
export interface How {
  /** Idempotency-Key; a new one when absent. */
  readonly key?: string;
  /** Effective-On, with the reason why it is entered late. */
  readonly on?: string;
  readonly because?: 'paper-record' | 'late-entry' | 'correction';
  readonly ifMatch?: string | undefined;
  readonly dryRun?: boolean;
}

export interface Command {
  readonly path: string;
  readonly body: object;
  readonly how?: How;
}

type Query = Readonly<Record<string, string | undefined>>;

const headersOf = ({ key = randomUUID(), on, because, ifMatch }: How) => ({
  'content-type': 'application/json',
  'idempotency-key': key,
  ...(on ? { 'effective-on': on } : {}),
  ...(because ? { 'reason-code': because } : {}),
  ...(ifMatch ? { 'if-match': ifMatch } : {}),
});

/** The system as anybody meets it: over HTTP. Every look sees at least what was written before through the same object. */
export class Office {
  private readonly tokens = new Map<Actor, string>();
  private latest: string | undefined;

  constructor(
    readonly url: string,
    private readonly language: Language,
  ) {}

  async signIn(account: Account, password: string): Promise<void> {
    const answer = await this.request('anybody', 'sessions', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ account, password }),
    });
    const { status, body } = await this.read<{ token: string } & Problem>(answer);
    if (status !== 201) throw new NotAsTold(`${account}: ${body.detail}`);
    this.tokens.set(account, body.token);
  }

  async look<Body>(who: Actor, path: string, query: Query = {}): Promise<Answer<Body>> {
    const given = Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined);
    const parameters = new URLSearchParams(given).toString();
    const answer = await this.request(who, parameters ? `${path}?${parameters}` : path, {
      headers: this.latest ? { 'x-after': this.latest } : {},
    });
    return this.read<Body>(answer);
  }

  async send<Body>(who: Actor, { path, body, how = {} }: Command): Promise<Answer<Body>> {
    const answer = await this.read<Body>(
      await this.request(who, how.dryRun ? `${path}?dryRun=true` : path, {
        method: 'POST',
        headers: headersOf(how),
        body: JSON.stringify(body),
      }),
    );
    const { position } = answer.body as { readonly position?: string };
    if (position) this.saw(position);
    return answer;
  }

  /** What changes from now on, as it happens. @returns once the stream is open; the changes come until `signal` */
  async follow(who: Actor, signal: AbortSignal): Promise<AsyncGenerator<Change>> {
    const answer = await this.request(who, 'stream', { signal });
    if (!answer.ok || !answer.body) throw new NotAsTold(`GET /api/stream: ${answer.status}`);
    return this.changes(answer.body);
  }

  private async *changes(body: ReadableStream<Uint8Array>): AsyncGenerator<Change> {
    const decoder = new TextDecoder();
    let text = '';
    for await (const chunk of body as unknown as AsyncIterable<Uint8Array>) {
      text += decoder.decode(chunk, { stream: true });
      const blocks = text.split('\n\n');
      text = blocks.pop()!;
      for (const block of blocks) {
        const data = block.split('\n').find(line => line.startsWith('data: '));
        if (!block.startsWith('event: fact') || !data) continue;
        const change = JSON.parse(data.slice('data: '.length)) as Change;
        this.saw(change.position);
        yield change;
      }
    }
  }

  private saw(position: string): void {
    if (this.latest === undefined || BigInt(position) > BigInt(this.latest)) this.latest = position;
  }

  private request(who: Actor, path: string, init: RequestInit): Promise<Response> {
    const token = this.tokens.get(who);
    const authorization: Record<string, string> = token ? { authorization: `Bearer ${token}` } : {};
    const language = this.language === 'zh' ? 'zh-CN' : 'en';
    return fetch(`${this.url}/api/${path}`, {
      ...init,
      headers: { 'accept-language': language, ...authorization, ...(init.headers as Record<string, string>) },
    });
  }

  private async read<Body>(answer: Response): Promise<Answer<Body>> {
    const text = await answer.text();
    return {
      status: answer.status,
      body: (text.startsWith('{') ? JSON.parse(text) : {}) as Body,
      etag: answer.headers.get('etag') ?? undefined,
      position: answer.headers.get('x-position') ?? undefined,
    };
  }
}
