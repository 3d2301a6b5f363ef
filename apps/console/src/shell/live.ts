import { useSyncExternalStore } from 'react';
import { commonHeaders } from './api.ts';
import { refresh, refreshAll } from './queries.ts';
import { seenPosition, seePosition } from './seen.ts';
import { outbox } from './sending.ts';
import { sessionNow, whenSessionChanges } from './session.ts';
import { eventsIn } from './server-sent.ts';

export type Liveness = 'off' | 'connecting' | 'live' | 'lost';

/** Facts come in bursts: one command writes several, and policies add theirs. */
const gatherFor = 120;
const longestPause = 8_000;
/** The server says every 15 seconds that it is still here; a line that died without a word says nothing. */
const silentFor = 40_000;
/** A browser opens few connections to one host; a tab that nobody sees gives its own back. */
const hiddenFor = 60_000;

let liveness: Liveness = 'off';
const listeners = new Set<() => void>();
/** Listening at all, and the one request by which it is done now. */
let connection: AbortController | undefined;
let line: AbortController | undefined;
let pending = new Set<string>();
let gathering: ReturnType<typeof setTimeout> | undefined;

function become(next: Liveness): void {
  if (liveness === next) return;
  liveness = next;
  for (const listener of listeners) listener();
}

function gather(category: string): void {
  pending.add(category);
  gathering ??= setTimeout(() => {
    const categories = pending;
    pending = new Set();
    gathering = undefined;
    void refresh(categories);
  }, gatherFor);
}

function hear({ event, id, data }: { event: string; id: string | undefined; data: string }): void {
  if (event === 'reset') {
    void refreshAll();
    return;
  }
  if (event !== 'fact') return;
  seePosition(id);
  const change: unknown = JSON.parse(data);
  if (typeof change === 'object' && change !== null && 'stream' in change) gather(String(change.stream).split('-', 1)[0]!);
}

async function listenOn(line: AbortController): Promise<void> {
  const after = seenPosition();
  let silence: ReturnType<typeof setTimeout> | undefined;
  const heard = () => {
    clearTimeout(silence);
    silence = setTimeout(() => line.abort(), silentFor);
  };
  heard();
  try {
    const response = await fetch('/api/stream', {
      headers: { ...commonHeaders(), ...(after ? { 'last-event-id': after } : {}) },
      signal: line.signal,
    });
    if (!response.ok || !response.body) throw new Error(`the stream answered ${response.status}`);
    become('live');
    outbox.hurry();
    for await (const event of eventsIn(response.body, heard)) hear(event);
  } finally {
    clearTimeout(silence);
  }
}

async function keepListening(signal: AbortSignal): Promise<void> {
  for (let failures = 0; !signal.aborted;) {
    const startedAt = Date.now();
    line = new AbortController();
    await listenOn(line).catch(() => undefined);
    if (signal.aborted) return;
    become('lost');
    failures = Date.now() - startedAt > 10_000 ? 0 : failures + 1;
    const pause = Math.min(300 * 2 ** failures, longestPause);
    await new Promise<void>(done => {
      const timer = setTimeout(done, pause);
      const now = () => {
        clearTimeout(timer);
        done();
      };
      window.addEventListener('online', now, { once: true });
      signal.addEventListener('abort', now, { once: true });
    });
    // Whatever was missed meanwhile, also by a server that forgot.
    if (!signal.aborted) void refreshAll();
  }
}

function start(): void {
  const session = sessionNow();
  if (connection || !session || session.expired) return;
  connection = new AbortController();
  become('connecting');
  void keepListening(connection.signal);
}

function stop(): void {
  connection?.abort();
  line?.abort();
  connection = undefined;
  become('off');
}

let token = sessionNow()?.token;
whenSessionChanges(() => {
  const session = sessionNow();
  if (session?.token !== token || session?.expired) stop();
  token = session?.token;
  start();
});
window.addEventListener('offline', () => {
  if (!connection) return;
  become('lost');
  // A line that outlives this would stand there as lost for as long as it lives, or hang.
  line?.abort();
});
let hidden: ReturnType<typeof setTimeout> | undefined;
document.addEventListener('visibilitychange', () => {
  clearTimeout(hidden);
  if (document.visibilityState === 'hidden') hidden = setTimeout(stop, hiddenFor);
  else if (!connection) {
    start();
    void refreshAll();
  }
});
start();

export function useLiveness(): Liveness {
  return useSyncExternalStore(
    listener => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    () => liveness,
  );
}
