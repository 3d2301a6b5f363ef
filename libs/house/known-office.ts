import { AccountDirectory, type Account } from '@lib/access/account/account-directory.js';
import { OfficeGatekeeper } from '@lib/access/office-gatekeeper.js';
import { Sessions } from '@lib/access/sessions.js';
import { beforeEverything, comparePositions, type RecordedEvent } from '@lib/platform/event-store/event-store.js';
import type { LogFollower } from '@lib/platform/event-store/log-follower.js';
import { categoryOfStream, revive, type AnyFact } from '@lib/platform/kernel/event.js';
import type { Projector } from '@lib/platform/read-store/projector.js';
import { ScopeTree, type TreeRow } from '@lib/territory/scope-tree.js';
import type { Foundation } from './foundation.js';

/** What every request asks, and every process that answers requests therefore keeps in memory: it follows the log. */
export interface KnownOffice {
  readonly accounts: AccountDirectory;
  readonly tree: ScopeTree;
  readonly gatekeeper: OfficeGatekeeper;
  readonly sessions: Sessions;
}

export function knownOffice({ pool, masterKey, clock }: Pick<Foundation, 'pool' | 'masterKey' | 'clock'>): KnownOffice {
  const accounts = new AccountDirectory();
  const tree = new ScopeTree();
  return {
    accounts,
    tree,
    gatekeeper: new OfficeGatekeeper(accounts, tree),
    sessions: new Sessions(pool, accounts, masterKey.tokenSecret, clock),
  };
}

const learn = ({ accounts, tree }: KnownOffice, fact: AnyFact) => {
  if (fact.class.category === 'division') tree.apply(fact);
  else if (fact.class.category === 'account') accounts.apply(fact);
};

const rowsOf = async ({ reader }: Pick<Foundation, 'reader'>) => ({
  accounts: await reader.tables<{ account: Account }>().selectFrom('account').selectAll().execute(),
  divisions: await reader.tables<{ division: TreeRow }>().selectFrom('division').selectAll().execute(),
});

/** Learns from the projector of this process, which has been started and brought up to the front of the read models. */
export async function learnFromProjector(foundation: Foundation, known: KnownOffice, projector: Projector): Promise<void> {
  projector.whenFolded(facts => {
    for (const { fact } of facts) learn(known, fact);
  });
  const { accounts, divisions } = await rowsOf(foundation);
  known.accounts.load(accounts);
  known.tree.load(divisions);
}

interface Remembered {
  readonly position: string;
  readonly accounts: readonly Account[];
  readonly divisions: readonly TreeRow[];
}

/** What the read models hold at one moment, and the position up to which that is everything. Without such tables: nothing, from the beginning. */
async function remembered({ reader }: Foundation): Promise<Remembered> {
  const none = { position: beforeEverything, accounts: [], divisions: [] };
  return reader
    .tables<{ account: Account; division: TreeRow; projection: { name: string; position: string; stage: string } }>()
    .transaction()
    .setIsolationLevel('repeatable read')
    .execute(async tables => {
      const serving = await tables
        .selectFrom('projection')
        .select('position')
        .where('name', 'in', ['account', 'division'])
        .where('stage', '=', 'serving')
        .execute();
      if (serving.length < 2) return none;
      return {
        position: serving.map(({ position }) => position).sort(comparePositions)[0]!,
        accounts: await tables.selectFrom('account').selectAll().execute(),
        divisions: await tables.selectFrom('division').selectAll().execute(),
      };
    });
}

const taught = new Set(['account', 'division']);

/**
 * Learns from the log itself, whoever folds the read models: begins with what they hold and goes on from there.
 * The follower is started here. A fact that the rows know already may be said once more; at the end of the log all is as it is.
 */
export async function learnFromLog(foundation: Foundation, known: KnownOffice, follower: LogFollower): Promise<void> {
  const { position, accounts, divisions } = await remembered(foundation);
  known.accounts.load(accounts);
  known.tree.load(divisions);
  follower.whenRead((events: readonly RecordedEvent[]) => {
    for (const { stream, type, metadata, data } of events) {
      if (taught.has(categoryOfStream(stream))) learn(known, revive(type, Number(metadata.version), data));
    }
  });
  follower.start(position);
}
