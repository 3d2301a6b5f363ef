import { everyRole } from '@lib/access/roles.js';
import type { Change, LiveFeed } from '@lib/platform/cqrs/live.controller.js';
import { aboutOf } from '@lib/platform/cqrs/reactor.js';
import { UnknownPosition, type EventStore, type RecordedEvent } from '@lib/platform/event-store/event-store.js';
import type { LogFollower } from '@lib/platform/event-store/log-follower.js';
import { categoryOfStream } from '@lib/platform/kernel/event.js';
import type { About } from '@lib/platform/kernel/projection.js';
import type { Folding } from '@lib/platform/read-store/folding.js';
import type { Projector } from '@lib/platform/read-store/projector.js';
import { office } from './office.js';

type Listener = (changes: readonly Change[]) => void;

/** Facts of these streams change what somebody looks at. */
const shown = new Set(office.flatMap(({ commands }) => commands.map(({ aggregate }) => aggregate.category)).concat('posting'));

/** Views that have not come so far by then are late; the change is told all the same. In milliseconds. */
const longestDelay = 30_000;

const changesOf = (facts: readonly { readonly type: string; readonly about: About }[]): readonly Change[] =>
  facts
    .filter(({ about }) => shown.has(categoryOfStream(about.stream)))
    .map(({ type, about: { position, stream, revision, recordedAt, division } }) => ({
      position,
      type,
      stream,
      revision,
      recordedAt,
      divisionId: division,
    }));

const recorded = (events: readonly RecordedEvent[]) =>
  changesOf(events.map(event => ({ type: event.type, about: aboutOf(event) })));

const missed =
  (store: EventStore, folding: Folding): LiveFeed['since'] =>
  async (position, limit) => {
    const events = await store.readAll(position, limit).catch((error: unknown) => {
      if (error instanceof UnknownPosition) return undefined;
      throw error;
    });
    if (events === undefined || events.length >= limit) return undefined;
    const last = events.at(-1);
    if (last) await folding.caughtUpTo(last.position, longestDelay);
    return recorded(events);
  };

/** What changed, told when the projector of this process has folded it. */
export const feedOfProjector = (store: EventStore, projector: Projector): LiveFeed => ({
  by: everyRole,
  since: missed(store, projector),
  whenChanged: listener =>
    projector.whenFolded(facts => {
      const changes = changesOf(facts.map(({ fact: { type }, about }) => ({ type, about })));
      if (changes.length > 0) listener(changes);
    }),
});

/** What changed, read from the log and told when the views show it, whoever folds them: who then asks a view finds it there. */
export function feedOfLog(store: EventStore, follower: LogFollower, folding: Folding): LiveFeed {
  const listeners = new Set<Listener>();
  let last: Promise<unknown> = Promise.resolve();
  follower.whenRead((events, position) => {
    const changes = recorded(events);
    if (changes.length === 0 || listeners.size === 0) return;
    last = last
      .then(() => folding.caughtUpTo(position, longestDelay))
      .then(() => {
        for (const listener of listeners) listener(changes);
      });
  });
  return {
    by: everyRole,
    since: missed(store, folding),
    whenChanged(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
