import { hash } from 'node:crypto';
import { streamOfFact, type AnyFact } from '@lib/platform/kernel/event.js';
import { namespaces, uuidV5 } from '@lib/platform/kernel/uuid.js';
import { appendOf, type EventData, type EventStore, type NewEvent } from '@lib/platform/event-store/event-store.js';

/** What one command would have written, where, and from which day it counts. */
export interface Deed {
  readonly facts: readonly AnyFact[];
  readonly division: string;
  readonly on: string;
}

export interface Bringing {
  readonly store: Pick<EventStore, 'append'>;
  /** Replaces personal fields by sealed ones, in the order of the facts. */
  readonly seal: (facts: readonly AnyFact[]) => Promise<readonly EventData[]>;
  /** Who is said to have done it; with the number of a deed it makes the ids of its facts. */
  readonly actor: string;
  readonly deeds: Iterable<Deed>;
  /** What was written of these deeds before, by the same actor. */
  readonly written?: Written | undefined;
  /** Told of the facts written so far, those of before included. */
  readonly say?: (facts: number, position: string) => void;
  /** Ends it after the append that is on its way. */
  readonly signal?: AbortSignal | undefined;
}

export interface Written {
  readonly facts: number;
  /** Of the last of them. */
  readonly commandId: string;
}

export interface Brought {
  /** How many facts of the deeds are in the log now. */
  readonly facts: number;
  readonly interrupted: boolean;
}

/** What was written before does not end where one of these deeds ends: it was made of others. */
export class OtherDeeds extends Error {}

const factsPerAppend = 600;

export const commandIdOfDeed = (actor: string, nth: number) => uuidV5(namespaces.command, `${actor} deed ${nth}`);

/**
 * Writes deeds as they would have been written by commands, sealed and with the same metadata, but many to an append.
 * @throws OtherDeeds before anything is written
 */
export async function bringDeeds({ store, seal, actor, deeds, written, say, signal }: Bringing): Promise<Brought> {
  const revisions = new Map<string, number>();
  const before = written?.facts ?? 0;
  const ended = () => signal?.aborted === true;
  let nth = 0;
  let brought = 0;
  let waiting: NumberedDeed[] = [];
  let facts = 0;
  let onItsWay: Promise<void> = Promise.resolve();

  const append = async () => {
    const batch = waiting;
    [waiting, facts] = [[], 0];
    const byStream = eventsByStream(actor, batch, await seal(batch.flatMap(deed => deed.facts)));
    const writes = [...byStream].map(([stream, events]) => {
      const expected = revisions.get(stream) ?? -1;
      revisions.set(stream, expected + events.length);
      return { stream, expected, events };
    });
    await onItsWay;
    const count = batch.reduce((sum, deed) => sum + deed.facts.length, 0);
    onItsWay = store.append(appendOf(writes, [])).then(({ position }) => say?.((brought += count), position));
    // It is awaited before the next one, and at the end.
    onItsWay.catch(() => undefined);
  };

  for (const deed of deeds) {
    nth += 1;
    if (brought < before) {
      for (const fact of deed.facts) {
        const stream = streamOfFact(fact);
        revisions.set(stream, (revisions.get(stream) ?? -1) + 1);
      }
      brought += deed.facts.length;
      if (brought >= before && (brought > before || commandIdOfDeed(actor, nth) !== written?.commandId))
        throw new OtherDeeds(`the first ${before} facts are not those of these deeds`);
      continue;
    }
    waiting.push({ ...deed, nth });
    facts += deed.facts.length;
    if (facts < factsPerAppend) continue;
    await append();
    if (ended()) break;
  }
  if (brought < before) throw new OtherDeeds(`there are ${brought} facts of these deeds, not ${before}`);
  if (waiting.length > 0 && !ended()) await append();
  await onItsWay;
  return { facts: brought, interrupted: ended() };
}

type NumberedDeed = Deed & { readonly nth: number };

function eventsByStream(actor: string, deeds: readonly NumberedDeed[], sealed: readonly EventData[]): Map<string, NewEvent[]> {
  const byStream = new Map<string, NewEvent[]>();
  let at = 0;
  for (const { facts, division, on, nth } of deeds) {
    const commandId = commandIdOfDeed(actor, nth);
    for (const [index, fact] of facts.entries()) {
      const stream = streamOfFact(fact);
      const event: NewEvent = {
        id: uuidV5(namespaces.event, `${commandId} ${index}`),
        type: fact.type,
        metadata: {
          actor,
          actorRole: 'system',
          actorUnit: '',
          commandId,
          effectiveOn: on,
          reasonCode: 'import',
          division,
          version: String(fact.class.version),
          ...(index === 0 ? { bodyHash: hash('sha256', commandId, 'base64url') } : {}),
        },
        data: sealed[at]!,
      };
      at += 1;
      const events = byStream.get(stream);
      if (events) events.push(event);
      else byStream.set(stream, [event]);
    }
  }
  return byStream;
}
