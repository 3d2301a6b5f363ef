import { setTimeout as delay } from 'node:timers/promises';
import { appendOf, type EventStore, type StreamWrite } from '@lib/platform/event-store/event-store.js';
import type { History } from '../history.js';
import { Random } from '../random.js';
import { SyntheticOffice } from '../synthetic-office.js';

const writers = 4;
const factsPerBulkAppend = 600;

interface LoadSetup {
  readonly store: EventStore;
  readonly history: History;
  readonly seed: number;
  /** Appends a second, all writers together. */
  readonly pace: number;
}

/** Appends at a steady pace, whatever else goes wrong. */
export class Load {
  /** Milliseconds that each append took since the last look. */
  private times: number[] = [];
  private running = true;
  private readonly work: Promise<unknown>;

  constructor(private readonly setup: LoadSetup) {
    this.work = Promise.all(Array.from({ length: writers }, (_, nth) => this.writer(nth)));
    this.work.catch(() => undefined);
  }

  /** @returns how long the appends since the last look took, in milliseconds */
  takeTimes(): number[] {
    const { times } = this;
    this.times = [];
    return times;
  }

  /** @throws what went wrong in an append */
  async stop(): Promise<void> {
    this.running = false;
    await this.work;
  }

  private async writer(nth: number): Promise<void> {
    const { store, history, seed, pace } = this.setup;
    const office = new SyntheticOffice(new Random(seed * writers + nth));
    const every = (1_000 / pace) * writers;
    let due = performance.now() + (every * nth) / writers;
    while (this.running) {
      await delay(Math.max(0, due - performance.now()));
      // What a stall of the database held up is not made up for: the pace after it would be another.
      due = Math.max(due + every, performance.now() - every);
      const { stream, expected, events } = office.next();
      const began = performance.now();
      const { position } = await store.append(appendOf([{ stream, expected, events }], []));
      this.times.push(performance.now() - began);
      history.write('append', { stream, expected, facts: events.length, position });
    }
  }
}

/** Fills the log as fast as it takes. @returns how many events were appended */
export async function fill(store: EventStore, seed: number, events: number, say: (line: string) => void): Promise<number> {
  const office = new SyntheticOffice(new Random(seed));
  let appended = 0;
  let onItsWay: Promise<unknown> = Promise.resolve();
  while (appended < events) {
    const writes = new Map<string, StreamWrite>();
    let facts = 0;
    while (facts < Math.min(factsPerBulkAppend, events - appended)) {
      const write = office.next();
      const before = writes.get(write.stream);
      writes.set(write.stream, before ? { ...before, events: [...before.events, ...write.events] } : write);
      facts += write.events.length;
    }
    await onItsWay;
    onItsWay = store.append(appendOf([...writes.values()], []));
    onItsWay.catch(() => undefined);
    const tenth = Math.floor((appended * 10) / events);
    appended += facts;
    if (Math.floor((appended * 10) / events) > tenth) say(`${appended.toLocaleString('en')} events appended`);
  }
  await onItsWay;
  return appended;
}
