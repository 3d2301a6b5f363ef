import type { KafkaMessage } from 'kafkajs';
import { controlType, header } from '../record.js';

/** A fact as a subscriber meets it. */
export interface DeliveredFact {
  readonly topic: string;
  /** The event's id in the house. */
  readonly id: string;
  readonly type: string;
  readonly version: number;
  readonly stream: string;
  readonly revision: number;
  readonly previous: number;
  readonly position: string;
  readonly recordedAt: string;
  readonly data: Readonly<Record<string, unknown>>;
}

export type Delivery =
  | { readonly kind: 'fact'; readonly offset: string; readonly epoch: string; readonly fact: DeliveredFact }
  | {
      readonly kind: 'control';
      readonly offset: string;
      readonly epoch: string;
      readonly position: string;
      readonly facts: number;
    };

/** A record that is none of the feed's: a defect of the publisher, or somebody else writes to the topic. */
export class StrangeRecord extends Error {}

/** @throws StrangeRecord */
export function deliveryOf(topic: string, { offset, headers, value }: KafkaMessage): Delivery {
  const read = (name: string) => {
    const found = headers?.[name];
    if (found === undefined) throw new StrangeRecord(`${topic} ${offset}: the header ${name} is missing`);
    return String(found);
  };
  const type = read(header.type);
  const epoch = read(header.epoch);
  const body = JSON.parse(String(value)) as Record<string, unknown>;
  if (type === controlType) {
    return { kind: 'control', offset, epoch, position: String(body.position), facts: Number(body.facts) };
  }
  const version = Number(read(header.version));
  const name = /^yizhan\.(\w+)\.v\d+$/.exec(type)?.[1];
  if (name === undefined) throw new StrangeRecord(`${topic} ${offset}: a fact is not called ${type}`);
  return {
    kind: 'fact',
    offset,
    epoch,
    fact: {
      topic,
      id: read(header.id),
      type: name,
      version,
      stream: read(header.subject),
      revision: Number(read(header.revision)),
      previous: Number(read(header.previous)),
      position: read(header.position),
      recordedAt: read(header.time),
      data: body,
    },
  };
}
