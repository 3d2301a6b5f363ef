/** Where a relay can be held, on the way of a page. */
export type Point =
  /** Nothing went out yet. */
  | 'unsent'
  /** It is on its way to the broker. */
  | 'sending'
  /** The broker has it, the checkpoint does not know. */
  | 'acknowledged'
  /** In the transaction that moves the checkpoint. */
  | 'committing';

export type RelayTwin = 'checkpoint-first' | 'skip-on-error' | 'unfenced' | 'later-first';

export interface RelayProcessSetup {
  readonly houseUrl: string;
  readonly brokers: readonly string[];
  readonly lease: { readonly timeToLive: number; readonly renewEvery: number; readonly askEvery: number };
  readonly pageSize: number;
  readonly twin?: RelayTwin;
}

export type ToldToRelay =
  /** At that point of a page, when so many were let pass: say so, and wait there for `go`. */
  { readonly do: 'hold'; readonly at: Point; readonly after: number } | { readonly do: 'go' | 'weigh' | 'stop' };

export type SaidByRelay =
  | { readonly said: 'ready' | 'sending' | 'sent' }
  | { readonly said: 'granted'; readonly token: string }
  | { readonly said: 'over'; readonly why: string }
  /** @param position of the last fact of the page */
  | { readonly said: 'holding'; readonly at: Point; readonly position: number }
  /** Control records up to that position are out. */
  | { readonly said: 'controls'; readonly position: number }
  | { readonly said: 'trouble'; readonly words: string }
  /** Bytes, after all garbage was collected. */
  | { readonly said: 'weight'; readonly heap: number; readonly resident: number };

export interface SubscriberProcessSetup {
  readonly url: string;
  readonly brokers: readonly string[];
  readonly topics: readonly string[];
  readonly twin?: 'no-ledger';
}

export type ToldToSubscriber = { readonly do: 'catch-up' | 'stop' };

export type SaidBySubscriber =
  | { readonly said: 'ready' }
  | { readonly said: 'trouble'; readonly words: string }
  | { readonly said: 'caught-up'; readonly all: boolean; readonly figures: Readonly<Record<string, number>> };
