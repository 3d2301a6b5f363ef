import { createHash } from 'node:crypto';
import { categoryOfStream, revive } from '@lib/platform/kernel/event.js';
import { toldOf } from '@lib/platform/kernel/publication.js';
import type { EventStore } from '@lib/platform/event-store/event-store.js';
import { byCategory } from '@lib/platform/feed/page.js';
import { partitionOf } from '@lib/platform/feed/partition.js';
import { placeName } from '@lib/platform/feed/place.js';
import { partitionsPerTopic } from '@lib/platform/feed/topics.js';
import '@lib/house/office.js';
import { publications } from '@lib/house/publications.js';

/** A fact of the log that has to be told. */
export interface Owed {
  readonly revision: number;
  readonly id: string;
  readonly position: number;
  /** Of everything that a subscriber may rely on. */
  readonly print: string;
}

export interface ToldLog {
  readonly facts: number;
  readonly head: number;
  /** Of each stream, in order. */
  readonly streams: ReadonlyMap<string, readonly Owed[]>;
  /** Of each partition, `topic/partition`: the positions of its facts, rising. */
  readonly places: ReadonlyMap<string, readonly number[]>;
  readonly placeOfStream: ReadonlyMap<string, string>;
}

export const printOf = (id: string, type: string, revision: number, previous: number, position: number, value: string) =>
  createHash('md5').update(`${id} ${type} ${revision} ${previous} ${position} ${value}`).digest('base64url');

const pageSize = 10_000;
const known = byCategory(publications);

/** What the log says has to be on the topics: read from the log and the publications alone, without anything of the relay. */
export async function toldLog(store: EventStore): Promise<ToldLog> {
  const streams = new Map<string, Owed[]>();
  const places = new Map<string, number[]>();
  const placeOfStream = new Map<string, string>();
  let facts = 0;
  let after = '0';
  for (;;) {
    const page = await store.readAll(after, pageSize);
    const last = page.at(-1);
    if (!last) return { facts, head: Number(after), streams, places, placeOfStream };
    for (const { stream, type, revision, id, position, metadata, data } of page) {
      const publication = known.get(categoryOfStream(stream));
      const version = Number(metadata.version);
      const told = publication && toldOf(publication, revive(type, version, data));
      if (!told) continue;
      facts += 1;
      let owed = streams.get(stream);
      if (!owed) {
        streams.set(stream, (owed = []));
        placeOfStream.set(stream, placeName(publication.topic, partitionOf(stream, partitionsPerTopic)));
      }
      const place = placeOfStream.get(stream)!;
      const at = Number(position);
      const print = printOf(id, `yizhan.${type}.v${version}`, revision, owed.at(-1)?.revision ?? -1, at, JSON.stringify(told));
      owed.push({ revision, id, position: at, print });
      const positions = places.get(place) ?? [];
      places.set(place, positions);
      positions.push(at);
    }
    after = last.position;
  }
}

/** @param rising numbers @returns how many of them are at most `value` */
export function countUpTo(rising: readonly number[], value: number): number {
  let [low, high] = [0, rising.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (rising[middle]! <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}
