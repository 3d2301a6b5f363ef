import { createHash } from 'node:crypto';
import type { Sessions } from '@lib/access/sessions.js';
import { HousePrincipal } from '@lib/platform/kernel/access.js';
import { dateInShanghai } from '@lib/platform/kernel/calendar.js';
import { revive, streamOfFact, type AnyFact } from '@lib/platform/kernel/event.js';
import { namespaces, uuidV5 } from '@lib/platform/kernel/uuid.js';
import { appendOf, StreamMoved, type EventStore, type Metadata, type NewEvent } from '@lib/platform/event-store/event-store.js';
import { jilinDivisions } from '@lib/territory/division/data/jilin.js';
import { importDivisions, type ImportProgress } from '@lib/territory/division/import-divisions.js';
import { factsOfPilot, pilotAccountId, pilotAccounts, randomPassword } from './pilot-accounts.js';

interface Author {
  readonly principal: HousePrincipal;
  readonly reasonCode: string;
  readonly effectiveOn: string;
}

/** Writes facts of the house itself, which no person's command asked for. None of them is about a person. */
export async function write(
  store: EventStore,
  facts: readonly AnyFact[],
  expected: ReadonlyMap<string, number>,
  commandId: string,
  { principal, reasonCode, effectiveOn }: Author,
): Promise<void> {
  const common = {
    actor: principal.id,
    actorRole: 'system',
    actorUnit: '',
    commandId,
    effectiveOn,
    reasonCode,
    bodyHash: createHash('sha256').update(commandId).digest('base64url'),
  };
  const byStream = new Map<string, NewEvent[]>();
  for (const fact of facts) {
    const stream = streamOfFact(fact);
    const events = byStream.get(stream) ?? [];
    events.push({
      id: uuidV5(namespaces.event, `${commandId}\n${stream}\n${events.length}`),
      type: fact.type,
      metadata: { ...common, version: String(fact.class.version), ...divisionOf(fact) },
      data: JSON.parse(JSON.stringify(fact.data)) as Record<string, unknown>,
    });
    byStream.set(stream, events);
  }
  const writes = [...byStream].map(([stream, events]) => ({ stream, expected: expected.get(stream) ?? -1, events }));
  const checks = [...expected]
    .filter(([stream]) => !byStream.has(stream))
    .map(([stream, revision]) => ({ stream, expected: revision }));
  await store.append(appendOf(writes, checks));
}

const divisionOf = ({ class: { category }, data }: AnyFact): Metadata =>
  category === 'division' ? { division: String(data.divisionId) } : {};

/** All divisions of Jilin, in batches, as they were on the day of the data; what a crash interrupted goes on at the next start. */
export function bringDivisions(
  store: EventStore,
  say: (progress: ImportProgress) => void,
  data = jilinDivisions(),
): Promise<ImportProgress> {
  const author = { principal: new HousePrincipal('import'), reasonCode: 'import', effectiveOn: data.asOf };
  return importDivisions({
    data,
    say,
    log: {
      async read(streams) {
        const read = await store.read(streams);
        return new Map(
          [...read].map(([stream, events]) => [
            stream,
            events.map(({ type, metadata, data }) => revive(type, Number(metadata.version), data)),
          ]),
        );
      },
      append: (facts, expected, commandId) => write(store, facts, expected, commandId, author),
    },
  });
}

export interface NewAccount {
  readonly account: string;
  readonly password: string;
}

/** @returns the pilot accounts that had no password yet, with the one that each has now; it is not kept anywhere in clear */
export async function openPilotAccounts(
  { store, sessions }: { readonly store: EventStore; readonly sessions: Pick<Sessions, 'withoutPassword' | 'setPassword'> },
  given: string | undefined,
): Promise<readonly NewAccount[]> {
  const author = {
    principal: new HousePrincipal('first-start'),
    reasonCode: 'first-start',
    effectiveOn: dateInShanghai(Date.now()),
  };
  for (const pilot of pilotAccounts) {
    const facts = factsOfPilot(pilot);
    try {
      await write(store, facts, new Map(), uuidV5(namespaces.command, `pilot account ${pilot.account}`), author);
    } catch (error) {
      if (!(error instanceof StreamMoved)) throw error;
    }
  }
  const wanting = await sessions.withoutPassword(pilotAccounts.map(({ account }) => pilotAccountId(account)));
  const opened: NewAccount[] = [];
  for (const { account } of pilotAccounts.filter(pilot => wanting.includes(pilotAccountId(pilot.account)))) {
    const password = given ?? randomPassword();
    await sessions.setPassword(pilotAccountId(account), password);
    opened.push({ account, password });
  }
  return opened;
}
