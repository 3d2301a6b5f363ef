import { randomUUID } from 'node:crypto';
import { LogJudge, type Invariant } from '@lib/house/log-judge.js';
import { rowOf } from '@lib/house/route-of.js';
import { OfficeGatekeeper } from '@lib/access/office-gatekeeper.js';
import { CommandDesk, type Receipt, type Rehearsal } from '@lib/platform/cqrs/command-desk.js';
import { ask, sentWith } from '@lib/platform/cqrs/envelope.js';
import { StreamFolds } from '@lib/platform/cqrs/stream-folds.js';
import { Refusal } from '@lib/platform/kernel/decision.js';
import {
  appendOf,
  StreamMoved,
  type Append,
  type EventStore,
  type RecordedEvent,
} from '@lib/platform/event-store/event-store.js';
import { MemoryEventStore } from '@lib/platform/event-store/memory/memory-event-store.js';
import { sealFacts } from '@lib/platform/privacy/sealing.js';
import { hasPostgres } from '@lib/platform/testing/test-database.js';
import {
  CloseServiceCenter,
  EstablishServiceCenter,
  ReassignServiceCenter,
} from '@lib/service-network/service-center/service-center.commands.js';
import {
  AssignSocialWorker,
  CloseServiceStation,
  OpenServiceStation,
  RelieveSocialWorker,
} from '@lib/service-network/service-station/service-station.commands.js';
import { RegisterWorker, RetireWorker } from '@lib/workforce/social-worker/social-worker.commands.js';
import { accountIdOf, beishan, communitiesOf, idNumber, logOfTests, openTestHouse, place, type TestHouse } from './open-house.js';

const rivals = 64;
/** For each contest; as many rounds as fit, and some at least. */
const millisecondsEach = 3_000;
const leastRounds = 3;

type Send = (command: object) => Promise<Receipt | Rehearsal>;

const registrar = { id: accountIdOf('countyRegistrar'), name: 'countyRegistrar' };
const envelope = () => ({ principal: registrar, key: randomUUID() });

/** What everybody of a round wants, and of which only one can have it. */
interface Contest {
  readonly wants: (round: number) => readonly object[];
  /** The code with which everybody else is refused. */
  readonly refusal: string;
  /** Gives back what was won, so that the next round can begin. */
  readonly givesBack: (winner: never) => readonly object[];
}

const many = <T>(make: (nth: number) => T): readonly T[] => Array.from({ length: rivals }, (_, nth) => make(nth));
const [centerId, movingCenterId, stationId, workerId] = many(() => randomUUID()) as [string, string, string, string];
const stations = many(() => randomUUID());
const workers = many(() => randomUUID());
const free = place('222401101');
const [, , , , , , ...spare] = communitiesOf(beishan, 70);
const contested = communitiesOf(beishan, 70)[0]!;

const register = (id: string, nth: number) =>
  ask(RegisterWorker, { workerId: id, homeDivisionId: place(beishan), name: `社工${nth}`, idNumber: idNumber(nth) });

/** A center with 64 vacant stations and another one, and 65 workers; a second center that may move. */
const stage: readonly object[] = [
  ask(EstablishServiceCenter, { centerId, divisionId: place(beishan), name: '北山街道社工服务中心' }),
  ask(EstablishServiceCenter, { centerId: movingCenterId, divisionId: place('222401003'), name: '新兴街道社工服务中心' }),
  ...stations.map((id, nth) =>
    ask(OpenServiceStation, { stationId: id, centerId, name: `${nth}站`, communities: [spare[nth]!] }),
  ),
  ask(OpenServiceStation, { stationId, centerId, name: '争取的站', communities: [communitiesOf(beishan)[1]!] }),
  ...workers.map((id, nth) => register(id, nth)),
  register(workerId, 100),
];

const contests: Readonly<Record<string, Contest>> = {
  'a street has one center': {
    wants: () => [
      ask(ReassignServiceCenter, { centerId: movingCenterId, divisionId: free }),
      ...many(nth => ask(EstablishServiceCenter, { centerId: randomUUID(), divisionId: free, name: `第${nth}中心` })).slice(1),
    ],
    refusal: 'division-has-center',
    givesBack: (winner: EstablishServiceCenter | ReassignServiceCenter) => [
      winner instanceof ReassignServiceCenter
        ? ask(ReassignServiceCenter, { centerId: winner.centerId, divisionId: place('222401003') })
        : ask(CloseServiceCenter, { centerId: winner.centerId, reason: '让位' }),
    ],
  },
  'a station has one worker': {
    wants: () => workers.map(id => ask(AssignSocialWorker, { stationId, workerId: id })),
    refusal: 'station-already-staffed',
    givesBack: (winner: AssignSocialWorker) => [
      ask(RelieveSocialWorker, { stationId, workerId: winner.workerId, because: 'TRANSFER' }),
    ],
  },
  'a worker has one station': {
    wants: () => stations.map(id => ask(AssignSocialWorker, { stationId: id, workerId })),
    refusal: 'worker-posted-elsewhere',
    givesBack: (winner: AssignSocialWorker) => [
      ask(RelieveSocialWorker, { stationId: winner.stationId, workerId, because: 'TRANSFER' }),
    ],
  },
  'a human has one record': {
    wants: () => many(() => register(randomUUID(), 200)),
    refusal: 'person-already-registered',
    givesBack: (winner: RegisterWorker) => [ask(RetireWorker, { workerId: winner.workerId })],
  },
  'a community has one station': {
    wants: () =>
      many(nth => ask(OpenServiceStation, { stationId: randomUUID(), centerId, name: `新${nth}站`, communities: [contested] })),
    refusal: 'community-already-covered',
    givesBack: (winner: OpenServiceStation) => [ask(CloseServiceStation, { stationId: winner.stationId, reason: '让位' })],
  },
};

const outcomeOf = (settled: PromiseSettledResult<unknown>) =>
  settled.status === 'fulfilled' ? 'done' : settled.reason instanceof Refusal ? settled.reason.code : String(settled.reason);

/** @returns how each rival fared, and who won */
async function compete(send: Send, { wants }: Contest, round: number) {
  const commands = wants(round);
  const settled = await Promise.allSettled(commands.map(command => send(command)));
  return { outcomes: settled.map(outcomeOf), winners: commands.filter((_, nth) => settled[nth]!.status === 'fulfilled') };
}

/** Everything that must never have been so in a whole log, and who holds what in the end. */
function judge(events: readonly RecordedEvent[], isDense: boolean) {
  const wrong: { readonly invariant: Invariant; readonly words: string }[] = [];
  const log = new LogJudge((invariant, words) => wrong.push({ invariant, words }), { isDense });
  for (const event of events) log.take(event);
  log.finish();
  return { wrong, held: log.holdings.all() };
}

(hasPostgres ? describe : describe.skip)(`${rivals} who want the same at once`, () => {
  let house: TestHouse;
  const send: Send = command => house.bus.execute(sentWith(command, envelope()));

  beforeAll(async () => {
    house = await openTestHouse();
    for (const command of stage) await send(command);
  });
  afterAll(() => house?.close());

  test.each(Object.entries(contests))('%s, round after round', async (_, contest) => {
    const until = Date.now() + millisecondsEach;
    const expected = ['done', ...Array.from({ length: rivals - 1 }, () => contest.refusal)].sort();
    let rounds = 0;
    for (; rounds < leastRounds || Date.now() < until; rounds += 1) {
      const { outcomes, winners } = await compete(send, contest, rounds);
      expect([rounds, [...outcomes].sort()]).toEqual([rounds, expected]);
      for (const command of contest.givesBack(winners[0] as never)) await send(command);
    }
    await compete(send, contest, rounds);
  });

  test('the log holds nothing that must not be, and the views say the same as it', async () => {
    const { wrong, held } = judge(await house.everything(), logOfTests === 'postgres');
    expect(wrong).toEqual([]);
    await house.quiet();
    const shown = await house.sql<{ what: string; holder: string }>(`
      select 'center of ' || division_id as what, center_id::text as holder from read.service_center
       where recorded_until is null and effective_until is null and stage <> 'CLOSED'
      union all select 'worker of ' || station_id, worker_id::text from read.service_station
       where recorded_until is null and effective_until is null and worker_id is not null
      union all select 'station of ' || worker_id, station_id::text from read.posting
       where recorded_until is null and effective_until is null and kind = 'PRIMARY'
      union all select 'cover of ' || division_id, station_id::text from read.community_coverage
       where recorded_until is null and effective_until is null`);
    const sorted = (pairs: Iterable<readonly [string, string]>) => [...pairs].map(pair => pair.join(' → ')).sort();
    expect(sorted(shown.map(({ what, holder }) => [what, holder] as const))).toEqual(
      sorted([...held].filter(([what]) => !what.startsWith('record'))),
    );
    const [{ living } = { living: '' }] = await house.sql<{ living: string }>(
      `select count(*) as living from read.social_worker where stage <> 'RETIRED'`,
    );
    expect(Number(living)).toBe([...held.keys()].filter(what => what.startsWith('record')).length);
    // What was won last is still held.
    const heldOf = (kind: string) => [...held.keys()].filter(what => what.startsWith(kind)).length;
    expect(['worker', 'station', 'cover', 'record'].map(heldOf)).toEqual([2, 2, rivals + 2, rivals + 2]);
  });

  describe('a store that does not keep its word', () => {
    /** Appends wait until all rivals of the round are there, so that each of them has decided without the others. */
    class MeetingStore implements EventStore {
      private waiting: (() => void)[] = [];
      meet = false;

      constructor(
        private readonly inner: EventStore,
        private readonly loose: boolean,
      ) {}

      async append(append: Append) {
        if (this.meet) {
          await new Promise<void>(resolve => {
            this.waiting.push(resolve);
            if (this.waiting.length < rivals) return;
            this.meet = false;
            for (const go of this.waiting.splice(0)) go();
          });
        }
        if (!this.loose) return this.inner.append(append);
        for (;;) {
          const read = await this.inner.read(append.writes.map(({ stream }) => stream));
          const writes = append.writes.map(write => ({ ...write, expected: (read.get(write.stream)?.length ?? 0) - 1 }));
          try {
            return await this.inner.append({ writes, checks: [] });
          } catch (error) {
            if (!(error instanceof StreamMoved)) throw error;
          }
        }
      }
      read = (...asked: Parameters<EventStore['read']>) => this.inner.read(...asked);
      readAt = (positions: readonly string[]) => this.inner.readAt(positions);
      readAppend = (event: Pick<RecordedEvent, 'position' | 'stream' | 'metadata'>) => this.inner.readAppend(event);
      readAll = (after: string, limit: number) => this.inner.readAll(after, limit);
      head = () => this.inner.head();
      positionAsOf = (instant: string) => this.inner.positionAsOf(instant);
      whenAppended = (listener: () => void) => this.inner.whenAppended(listener);
    }

    async function run(contest: Contest, loose: boolean) {
      const memory = new MemoryEventStore();
      for (const { stream, id, type, metadata, data } of (await house.everything()).filter(isOfTheHouse)) {
        const expected = ((await memory.read([stream])).get(stream)?.length ?? 0) - 1;
        await memory.append(appendOf([{ stream, expected, events: [{ id, type, metadata, data }] }], []));
      }
      const store = new MeetingStore(memory, loose);
      const persons = new Map<string, string>();
      const idOf = async (value: string) => persons.get(value) ?? persons.set(value, randomUUID()).get(value)!;
      const desk = new CommandDesk({
        store,
        folds: new StreamFolds(store),
        gatekeeper: new OfficeGatekeeper(house.accounts, house.tree),
        gatekeeperCaughtUp: async () => true,
        lookUps: { personKey: idOf, certificateKey: idOf },
        seal: facts => sealFacts(facts, house.keyRing),
        clock: () => Date.parse('2026-03-10T04:00:00Z'),
      });
      const onDesk: Send = command => desk.carryOut(rowOf(command.constructor as never), sentWith(command, envelope()));
      for (const command of stage) await onDesk(command);
      store.meet = true;
      const { outcomes } = await compete(onDesk, contest, 0);
      const { wrong } = judge(await memory.readAll('0', 100_000), true);
      return { outcomes, wrong: wrong.filter(({ invariant }) => invariant === 'I8 one thing has two holders') };
    }
    const isOfTheHouse = ({ metadata }: RecordedEvent) => metadata.actorRole === 'system';

    test.each(Object.entries(contests))('is found out: %s', async (_, contest) => {
      const kept = await run(contest, false);
      expect([...kept.outcomes].sort()).toEqual(['done', ...Array.from({ length: rivals - 1 }, () => contest.refusal)].sort());
      expect(kept.wrong).toEqual([]);
      const broken = await run(contest, true);
      expect(broken.outcomes.filter(outcome => outcome === 'done').length).toBeGreaterThan(1);
      expect(broken.wrong.length).toBeGreaterThan(0);
    });
  });
});
