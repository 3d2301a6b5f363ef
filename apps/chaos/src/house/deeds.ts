import { isDeepStrictEqual } from 'node:util';
import type { Receipt } from '@lib/platform/cqrs/command-desk.js';
import { commandIdOf } from '@lib/platform/cqrs/command-desk.js';
import { streamOf } from '@lib/platform/kernel/event.js';
import { office } from '@lib/house/office.js';
import { pilotAccountId } from '@lib/house/pilot-accounts.js';
import { entriesOf, type Entry, type Outcome } from './ledger.js';
import type { Account } from './town.js';

/** All that one of the writers wanted, did and heard about one thing. */
export interface RememberedDeed {
  readonly command: string;
  readonly account: Account;
  readonly fields: Readonly<Record<string, unknown>>;
  /** Under which keys it was sent; one, unless the sender is wrong on purpose. */
  readonly keys: Set<string>;
  readonly receipts: Receipt[];
  /** What came back for the same key with another body, and for the same command where it was done already. */
  readonly odd: string[];
  outcome: Outcome;
}

const rows = new Map(office.flatMap(({ commands }) => commands).map(row => [row.command.name, row]));

/** What the log must know each of them by. */
export function commandIdsOf({ command, account, fields, keys }: RememberedDeed): readonly string[] {
  const row = rows.get(command)!;
  const stream = streamOf(row.aggregate.category, String(fields[row.id]));
  return [...keys].map(key => commandIdOf({ id: pilotAccountId(account) }, command, stream, key));
}

/** A deed of which the ledger says no end counts as unknown. */
export async function deedsOf(entries: AsyncIterable<Entry> | Iterable<Entry>): Promise<readonly RememberedDeed[]> {
  const deeds = new Map<number, RememberedDeed>();
  for await (const entry of entries) {
    if (entry.entry === 'sent') {
      const { command, account, fields } = entry;
      const deed = deeds.get(entry.deed) ?? {
        command,
        account,
        fields,
        keys: new Set(),
        receipts: [],
        odd: [],
        outcome: 'unknown',
      };
      deeds.set(entry.deed, deed);
      deed.keys.add(entry.key);
      continue;
    }
    const deed = deeds.get(entry.deed);
    if (!deed) continue;
    if (entry.entry === 'receipt') deed.receipts.push(entry.receipt);
    else if (entry.entry === 'over') deed.outcome = entry.outcome;
    else if (entry.entry === 'otherwise' && entry.status !== 422)
      deed.odd.push(`${entry.status} ${entry.code} for the same key with another body`);
    else if (entry.entry === 'answered' && entry.code?.startsWith('again '))
      deed.odd.push(`${entry.status} ${entry.code.slice(6)} for a command that was carried out already`);
    else if (entry.entry === 'answered' && entry.status >= 500 && entry.status !== 503)
      deed.odd.push(`${entry.status} ${entry.code}`);
  }
  return [...deeds.values()];
}

export const rememberedIn = (ledger: string) => deedsOf(entriesOf(ledger));

/** The receipts that differ from the first one; a command that changed nothing leaves no record and is decided anew. */
export function differingReceipts({ receipts }: RememberedDeed): readonly Receipt[] {
  const written = receipts.filter(({ facts }) => facts.length > 0);
  return written.filter(receipt => !isDeepStrictEqual(receipt, written[0]));
}
