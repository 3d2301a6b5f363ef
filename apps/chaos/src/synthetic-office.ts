import type { AnyFact } from '@lib/platform/kernel/event.js';
import { streamOfFact } from '@lib/platform/kernel/event.js';
import type { NewEvent, StreamWrite } from '@lib/platform/event-store/event-store.js';
import { CommunityCovered, CommunityReleased } from '@lib/service-network/service-station/community-slot.events.js';
import {
  ServiceStationOpened,
  SocialWorkerAssigned,
  SocialWorkerRelieved,
  StationCoverageSet,
  StationServiceFieldsSet,
} from '@lib/service-network/service-station/service-station.events.js';
import {
  WorkerContactUpdated,
  WorkerRegistered,
  WorkerStatusChanged,
} from '@lib/workforce/social-worker/social-worker.events.js';
import type { Random } from './random.js';

const today = '2026-03-02';
const sealed = 'yz1.synthetic';
/** About as many facts as a stream of the office has. */
const factsPerStream = 6;
const mostOpen = 2_000;

interface Open {
  readonly kind: 'station' | 'worker' | 'slot';
  readonly id: string;
  stream: string;
  revision: number;
}

/**
 * Facts of stations, workers and communities without end, as commands would write them. Some are told outside in full, some in part,
 * and some not at all: so the told sequence of a stream has holes in its revisions.
 */
export class SyntheticOffice {
  private readonly open: Open[] = [];

  constructor(private readonly random: Random) {}

  /** The next facts of one stream, from one to three. */
  next(): StreamWrite {
    const { random } = this;
    const begins = this.open.length === 0 || random.next() < 2 / factsPerStream;
    const nth = begins ? -1 : random.below(this.open.length);
    const subject = this.open[nth] ?? this.begin();
    const facts = subject.revision < 0 ? [this.first(subject)] : [this.further(subject)];
    while (facts.length < 3 && random.next() < 0.3) facts.push(this.further(subject));
    const expected = subject.revision;
    subject.stream = streamOfFact(facts[0]!);
    subject.revision += facts.length;
    return { stream: subject.stream, expected, events: facts.map(fact => this.event(fact)) };
  }

  private begin(): Open {
    const subject: Open = {
      kind: this.random.pick(['station', 'station', 'worker', 'worker', 'slot']),
      id: this.random.uuid(),
      stream: '',
      revision: -1,
    };
    // Who was there for long makes room: streams end as well.
    if (this.open.length < mostOpen) this.open.push(subject);
    else this.open[this.random.below(mostOpen)] = subject;
    return subject;
  }

  private first({ kind, id }: Open): AnyFact {
    const { random } = this;
    if (kind === 'slot') return new CommunityCovered({ divisionId: id, stationId: random.uuid() });
    if (kind === 'station')
      return new ServiceStationOpened({
        stationId: id,
        centerId: random.uuid(),
        name: `${random.below(1_000)} 号服务站`,
        communities: [random.uuid()],
        serviceFields: ['ELDERLY'],
        openedOn: today,
      });
    return new WorkerRegistered({
      workerId: id,
      homeDivisionId: random.uuid(),
      name: sealed,
      personKeyId: random.uuid(),
      birthYear: 1980,
      idNumber: sealed,
      phone: sealed,
      phoneTail: sealed,
      specialisms: [],
      registeredOn: today,
    });
  }

  private further({ kind, id }: Open): AnyFact {
    const { random } = this;
    if (kind === 'slot') {
      const slot = { divisionId: id, stationId: random.uuid() };
      return random.next() < 0.5 ? new CommunityReleased(slot) : new CommunityCovered(slot);
    }
    if (kind === 'worker')
      return random.next() < 0.5
        ? new WorkerContactUpdated({ workerId: id, phone: sealed, phoneTail: sealed })
        : new WorkerStatusChanged({ workerId: id, status: 'REGISTERED', level: random.pick(['ASSISTANT', 'INTERMEDIATE']) });
    return random.pick<() => AnyFact>([
      () => new StationCoverageSet({ stationId: id, communities: [random.uuid(), random.uuid()] }),
      () => new StationServiceFieldsSet({ stationId: id, serviceFields: ['YOUTH', 'ELDERLY'] }),
      () => new SocialWorkerAssigned({ stationId: id, workerId: random.uuid(), from: today }),
      () => new SocialWorkerRelieved({ stationId: id, workerId: random.uuid(), until: today, because: 'TRANSFER' }),
    ])();
  }

  private event(fact: AnyFact): NewEvent {
    return {
      id: this.random.uuid(),
      type: fact.type,
      metadata: { actor: 'chaos', actorRole: 'system', commandId: this.random.uuid(), effectiveOn: today, version: '1' },
      data: fact.data,
    };
  }
}
