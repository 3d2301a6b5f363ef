import { comparePositions } from '@lib/platform/event-store/event-store.js';
import type { DeliveredFact, Delivery } from './delivery.js';

/** How far a subscriber is in one partition, kept in its own database together with what it made of the records. */
export interface PartitionMark {
  /** The offset behind the last record that was looked at. */
  readonly nextOffset: string;
  /** Distinct facts of this partition since the log began; undefined until a control record tells one who began in the middle. */
  readonly facts: number | undefined;
  /** Nothing up to here is missing in this partition. */
  readonly position: string;
  /** When the last fact was recorded in the house. */
  readonly recordedAt: string | undefined;
  /** Of the newest relay that was heard. */
  readonly epoch: string;
}

export const atTheBeginning: PartitionMark = { nextOffset: '0', facts: 0, position: '0', recordedAt: undefined, epoch: '0' };

/**
 * What to do with a fact, by one number per stream.
 * @param last the revision of the stream's last fact that took effect; -1 when there is none
 * @returns `gap`: something before it is missing. `disorder`: it claims to follow something older than what took effect
 */
export function judgeFact(
  last: number,
  { revision, previous }: Pick<DeliveredFact, 'revision' | 'previous'>,
): 'apply' | 'duplicate' | 'gap' | 'disorder' {
  if (revision <= last) return 'duplicate';
  if (previous === last) return 'apply';
  return previous > last ? 'gap' : 'disorder';
}

/**
 * A control record says how many facts this partition holds up to a position: so the loss of a stream's last facts, or of whole
 * streams, is met as well.
 * @returns `old`: later facts took effect already, a later control record will tell
 */
export function judgeControl(
  { facts, position }: Pick<PartitionMark, 'facts' | 'position'>,
  control: { readonly facts: number; readonly position: string },
): 'agrees' | 'old' | 'gap' | 'disorder' {
  if (comparePositions(position, control.position) > 0) return 'old';
  if (facts === undefined || facts === control.facts) return 'agrees';
  return facts < control.facts ? 'gap' : 'disorder';
}

/** What became of a stretch of one partition. */
export interface Round {
  readonly mark: PartitionMark;
  /** To be applied, in this order. */
  readonly facts: readonly DeliveredFact[];
  /** Streams whose last revision has changed. */
  readonly revisions: ReadonlyMap<string, number>;
  readonly duplicates: number;
  readonly disorders: readonly { readonly offset: string; readonly words: string }[];
  /** Something is missing before this record; nothing from it on was looked at. */
  readonly gap?: { readonly offset: string; readonly words: string };
  /** The newest epoch of this pass over the partition. */
  readonly epoch: string;
}

/**
 * @param known the last revisions of the streams that occur
 * @param epoch the newest that this pass has met; `0` for a pass from the partition's beginning
 */
export function judgeRound(
  deliveries: readonly Delivery[],
  mark: PartitionMark,
  known: ReadonlyMap<string, number>,
  epoch: string,
): Round {
  let { nextOffset, facts: counted, position, recordedAt } = mark;
  let newest = epoch;
  let duplicates = 0;
  let gap: Round['gap'];
  const facts: DeliveredFact[] = [];
  const revisions = new Map<string, number>();
  const disorders: { offset: string; words: string }[] = [];

  for (const delivery of deliveries) {
    const { offset } = delivery;
    // A relay that was paused and came back: what it still sends was not acknowledged to it, so its successor sends it too.
    const stale = comparePositions(delivery.epoch, newest) < 0;
    newest = stale ? newest : delivery.epoch;
    if (stale) {
      duplicates += 1;
    } else if (delivery.kind === 'control') {
      const verdict = judgeControl({ facts: counted, position }, delivery);
      const words = `up to position ${delivery.position} there should be ${delivery.facts} facts, there are ${counted}`;
      if (verdict === 'gap') gap = { offset, words };
      else if (verdict === 'disorder') disorders.push({ offset, words });
      else if (verdict === 'agrees') {
        counted = delivery.facts;
        position = delivery.position;
      }
    } else {
      const { fact } = delivery;
      const { stream, revision, previous } = fact;
      const last = revisions.get(stream) ?? known.get(stream) ?? -1;
      const verdict = judgeFact(last, fact);
      const words = `${stream} ${revision} follows ${previous}, but the last one here is ${last}`;
      if (verdict === 'duplicate') duplicates += 1;
      else if (verdict === 'gap') gap = { offset, words };
      else if (verdict === 'disorder') disorders.push({ offset, words });
      else {
        facts.push(fact);
        revisions.set(stream, revision);
        if (counted !== undefined) counted += 1;
        if (comparePositions(fact.position, position) > 0) {
          position = fact.position;
          recordedAt = fact.recordedAt;
        }
      }
    }
    if (gap) break;
    const next = (BigInt(offset) + 1n).toString();
    if (comparePositions(next, nextOffset) > 0) nextOffset = next;
  }
  const keptEpoch = comparePositions(newest, mark.epoch) > 0 ? newest : mark.epoch;
  return {
    mark: { nextOffset, facts: counted, position, recordedAt, epoch: keptEpoch },
    facts,
    revisions,
    duplicates,
    disorders,
    epoch: newest,
    ...(gap ? { gap } : {}),
  };
}
