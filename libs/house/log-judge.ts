import { endsAppend, type RecordedEvent } from '@lib/platform/event-store/event-store.js';
import { Holdings } from './holdings.js';

/** What a log must be, whatever befell the processes. */
export type Invariant =
  | 'I2 a command was carried out twice'
  | 'I3 a stream is not dense'
  | 'I4 positions do not rise one by one'
  | 'I5 a stream and the log disagree in order'
  | 'I8 one thing has two holders'
  | 'an append is torn';

type Accuse = (invariant: Invariant, words: string) => void;

/** Reads a whole log in order and says everything that must never have been so, at any end of an append and not only at the last. */
export class LogJudge {
  readonly holdings = new Holdings();
  private readonly next = new Map<string, number>();
  /** Revisions that have been left out so far, by stream. */
  private readonly wanting = new Map<string, Set<number>>();
  private readonly appends = new Map<string, string>();
  private readonly doubled = new Set<string>();
  private position = 0n;
  /** Where the append begins that is being read. */
  private begun = 0n;
  private inAppend = 0;

  private readonly ofTheOffice: boolean;
  private readonly isDense: boolean;

  /**
   * @param ofTheOffice false for a log that commands of the office did not write: nobody keeps its things apart
   * @param isDense false for a log whose positions rise with gaps
   */
  constructor(
    private readonly accuse: Accuse,
    { ofTheOffice = true, isDense = true } = {},
  ) {
    this.ofTheOffice = ofTheOffice;
    this.isDense = isDense;
  }

  take(event: RecordedEvent): void {
    const { position, metadata } = event;
    const at = BigInt(position);
    if (this.isDense ? at !== this.position + 1n : at <= this.position)
      this.accuse('I4 positions do not rise one by one', `${position} comes after ${this.position}`);
    this.position = at;
    this.takeRevision(event);

    if (Number(metadata.index) !== this.inAppend) this.accuse('an append is torn', `at ${position}`);
    this.inAppend = endsAppend({ metadata }) ? 0 : Number(metadata.index) + 1;
    const { commandId = '' } = metadata;
    if (metadata.index === '0') this.begun = at;
    const begun = String(this.begun);
    if ((this.appends.get(commandId) ?? begun) !== begun)
      this.accuse('I2 a command was carried out twice', `${commandId}, at ${this.appends.get(commandId)} and at ${begun}`);
    this.appends.set(commandId, begun);

    if (!this.ofTheOffice) return;
    this.holdings.apply(event);
    if (this.inAppend !== 0) return;
    for (const what of this.holdings.doubled()) {
      if (!this.doubled.has(what)) this.accuse('I8 one thing has two holders', `${what}, at ${position}`);
      this.doubled.add(what);
    }
  }

  finish(): void {
    if (this.inAppend !== 0) this.accuse('an append is torn', 'the last one');
    for (const [stream, wanting] of this.wanting)
      for (const revision of wanting) this.accuse('I3 a stream is not dense', `${stream} lacks ${revision}`);
  }

  private takeRevision({ stream, revision, position }: RecordedEvent): void {
    const next = this.next.get(stream) ?? 0;
    if (revision < next) {
      if (this.wanting.get(stream)?.delete(revision))
        this.accuse('I5 a stream and the log disagree in order', `${stream} ${revision} at ${position} comes after ${next - 1}`);
      else this.accuse('I3 a stream is not dense', `${stream} has ${revision} twice, again at ${position}`);
      return;
    }
    for (let left = next; left < revision; left += 1) this.wanting.set(stream, (this.wanting.get(stream) ?? new Set()).add(left));
    this.next.set(stream, revision + 1);
  }
}
