import { checkCharacterOf } from '@lib/platform/privacy/citizen-id.js';
import { addDays } from '@lib/platform/kernel/calendar.js';
import { jilinDivisions } from '@lib/territory/division/data/jilin.js';
import { divisionIdOf } from '@lib/territory/division/division.js';
import {
  CloseServiceCenter,
  EstablishServiceCenter,
  RenameServiceCenter,
} from '@lib/service-network/service-center/service-center.commands.js';
import {
  AssignSocialWorker,
  CloseServiceStation,
  OpenServiceStation,
  RelieveSocialWorker,
} from '@lib/service-network/service-station/service-station.commands.js';
import { LinkVolunteer } from '@lib/volunteering/volunteer-link/volunteer-link.commands.js';
import { AcceptVolunteer, RegisterVolunteer } from '@lib/volunteering/volunteer/volunteer.commands.js';
import { RegisterWorker, ReinstateWorker, SuspendWorker } from '@lib/workforce/social-worker/social-worker.commands.js';
import type { Random } from '../random.js';

export type Account = 'registrar' | 'staff';
type Fields = Readonly<Record<string, unknown>>;

/** What somebody wants done. */
export interface Deed {
  readonly command: new () => object;
  readonly account: Account;
  readonly fields: Fields;
  /** The same with another meaning, which the same key must not be good for. */
  readonly otherwise?: Fields;
  /** The revision that its sender has seen last. */
  readonly ifMatch?: number | undefined;
}

/** The pilot district and what is above it: every place in which the people of a run act. */
const district = '220104';
const above = ['22', '2201', '220104', '2202', '220211', '2224', '222401', '222401002'];

export function divisionsOfTown(): ReturnType<typeof jilinDivisions> {
  const all = jilinDivisions();
  return { ...all, divisions: all.divisions.filter(({ code }) => above.includes(code) || code.startsWith(district)) };
}

const streetsWithCenter = 5;
const [hotStations, hotWorkers, hotCommunities, hotStreets] = [8, 12, 10, 3];

/** An ID number that nobody else of the run has. */
function idNumber(nth: number): string {
  const day = addDays('1950-01-01', Math.floor(nth / 900)).replaceAll('-', '');
  const digits = `220104${day}${String((nth % 900) + 100).padStart(3, '0')}`;
  return digits + checkCharacterOf(digits);
}

interface Street {
  readonly divisionId: string;
  readonly communities: readonly string[];
}

/** What the writers of a run know of each other's doing: enough to want the same things at the same time. */
export class Town {
  private readonly centers: { readonly centerId: string; readonly street: Street; revision: number | undefined }[] = [];
  private readonly freeStreets: Street[] = [];
  private readonly stations: string[] = [];
  private readonly workers: string[] = [];
  private readonly volunteers: string[] = [];
  private readonly contestedCommunities: { readonly centerId: string; readonly id: string }[] = [];
  /** Opened or established where others wanted to as well. */
  private readonly won: { readonly command: typeof CloseServiceStation | typeof CloseServiceCenter; readonly id: string }[] = [];
  private people = 0;

  constructor(private readonly random: Random) {}

  /** What must be there before anything can be contested: streets with centers, stations and workers. */
  *foundations(): Generator<Deed> {
    const { divisions } = divisionsOfTown();
    const streets = divisions
      .filter(({ parentCode, kind }) => parentCode === district && kind === 'SUBDISTRICT')
      .map(({ code }) => ({
        divisionId: divisionIdOf(code),
        communities: divisions
          .filter(({ parentCode, kind }) => parentCode === code && kind === 'COMMUNITY')
          .map(community => divisionIdOf(community.code)),
      }))
      .filter(({ communities }) => communities.length >= 4);
    for (const street of streets.slice(0, streetsWithCenter)) {
      const centerId = this.random.uuid();
      this.centers.push({ centerId, street, revision: undefined });
      yield this.establish(centerId, street);
    }
    this.freeStreets.push(...streets.slice(streetsWithCenter, streetsWithCenter + hotStreets));
    const communities = this.centers.flatMap(({ centerId, street }) => street.communities.map(id => ({ centerId, id })));
    for (const { centerId, id } of communities.slice(0, hotStations)) {
      const stationId = this.random.uuid();
      this.stations.push(stationId);
      yield this.open(stationId, centerId, id);
    }
    this.contestedCommunities.push(...communities.slice(hotStations, hotStations + hotCommunities));
    for (let nth = 0; nth < hotWorkers; nth += 1) yield this.registerWorker(this.workers);
  }

  /** What the next one wants. */
  next(): Deed {
    const { random } = this;
    const drawn = random.next();
    if (drawn < 0.22) return this.registerVolunteer();
    if (drawn < 0.3) return this.registerWorker();
    if (drawn < 0.46) return this.assign();
    if (drawn < 0.56) return this.relieve();
    if (drawn < 0.64) {
      const { centerId, id } = this.oneOf(this.contestedCommunities);
      return this.open(random.uuid(), centerId, id);
    }
    if (drawn < 0.68) return this.establish(random.uuid(), this.oneOf(this.freeStreets));
    if (drawn < 0.75) return this.giveBack();
    if (drawn < 0.87) return this.rename();
    if (drawn < 0.91) return this.standing();
    return this.aboutVolunteer();
  }

  /** @param revision of the stream that the command was about, where the answer told it */
  done({ command, fields }: Deed, revision: number | undefined): void {
    const id = (name: string) => String(fields[name]);
    if (command === RegisterVolunteer) this.volunteers.push(id('volunteerId'));
    else if (command === RegisterWorker && this.workers.length < hotWorkers) this.workers.push(id('workerId'));
    else if (command === OpenServiceStation && !this.stations.includes(id('stationId')))
      this.won.push({ command: CloseServiceStation, id: id('stationId') });
    else if (command === RenameServiceCenter || command === EstablishServiceCenter) {
      const center = this.centers.find(({ centerId }) => centerId === id('centerId'));
      if (center) center.revision = revision ?? center.revision;
      else this.won.push({ command: CloseServiceCenter, id: id('centerId') });
    }
  }

  private oneOf<T>(values: readonly T[]): T {
    const value = values[this.random.below(values.length)];
    if (value === undefined) throw new Error('there is nothing to choose from yet');
    return value;
  }

  private get anyStreet(): string {
    return this.oneOf(this.centers).street.divisionId;
  }

  private establish(centerId: string, { divisionId }: Street): Deed {
    const fields = { centerId, divisionId, name: `第${this.random.below(1_000)}社工服务中心` };
    return { command: EstablishServiceCenter, account: 'registrar', fields, otherwise: { ...fields, name: '另一个中心' } };
  }

  private open(stationId: string, centerId: string, community: string): Deed {
    const fields = { stationId, centerId, name: `第${this.random.below(1_000)}社工服务站`, communities: [community] };
    return { command: OpenServiceStation, account: 'staff', fields, otherwise: { ...fields, name: '另一个站' } };
  }

  private person() {
    const nth = (this.people += 1);
    return { name: `某${nth}`, idNumber: idNumber(nth), phone: `138${String(10_000_000 + nth)}`, homeDivisionId: this.anyStreet };
  }

  private registerVolunteer(): Deed {
    const fields = { volunteerId: this.random.uuid(), ...this.person() };
    const otherwise = { ...fields, skills: [] };
    return { command: RegisterVolunteer, account: 'staff', fields, otherwise };
  }

  private registerWorker(list?: string[]): Deed {
    const fields = { workerId: this.random.uuid(), ...this.person() };
    list?.push(fields.workerId);
    return { command: RegisterWorker, account: 'staff', fields, otherwise: { ...fields, specialisms: ['ELDERLY'] } };
  }

  private assign(): Deed {
    const fields = { stationId: this.oneOf(this.stations), workerId: this.oneOf(this.workers) };
    const otherwise = { ...fields, workerId: this.random.uuid() };
    return { command: AssignSocialWorker, account: 'staff', fields, otherwise };
  }

  private relieve(): Deed {
    const fields = { stationId: this.oneOf(this.stations), because: 'TRANSFER' };
    return { command: RelieveSocialWorker, account: 'staff', fields, otherwise: { ...fields, because: 'OTHER' } };
  }

  private giveBack(): Deed {
    const nth = this.random.below(Math.max(1, this.won.length));
    const [won] = this.won.splice(nth, 1);
    if (!won) return this.registerVolunteer();
    if (won.command === CloseServiceCenter)
      return { command: CloseServiceCenter, account: 'registrar', fields: { centerId: won.id, reason: '让位' } };
    return { command: CloseServiceStation, account: 'staff', fields: { stationId: won.id, reason: '让位' } };
  }

  private rename(): Deed {
    const { centerId, revision } = this.oneOf(this.centers);
    const fields = { centerId, name: `第${this.random.below(100_000)}社工服务中心` };
    const ifMatch = this.random.next() < 0.5 ? revision : undefined;
    return { command: RenameServiceCenter, account: 'registrar', fields, otherwise: { ...fields, name: '又一个中心' }, ifMatch };
  }

  private standing(): Deed {
    const workerId = this.oneOf(this.workers);
    return this.random.next() < 0.3
      ? { command: SuspendWorker, account: 'registrar', fields: { workerId, reason: '调查' } }
      : { command: ReinstateWorker, account: 'registrar', fields: { workerId } };
  }

  private aboutVolunteer(): Deed {
    if (this.volunteers.length === 0) return this.registerVolunteer();
    const volunteerId = this.oneOf(this.volunteers);
    return this.random.next() < 0.5
      ? { command: AcceptVolunteer, account: 'staff', fields: { volunteerId } }
      : { command: LinkVolunteer, account: 'staff', fields: { volunteerId, stationId: this.oneOf(this.stations) } };
  }
}
