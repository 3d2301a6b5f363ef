import { IsNotEmpty, IsOptional, IsString, IsUUID, Matches, MaxLength } from 'class-validator';
import { sql } from 'kysely';
import { everyRole } from '@lib/access/roles.js';
import { anyone } from '@lib/platform/cqrs/by.js';
import { IsCalendarDate } from '@lib/platform/cqrs/calendar-date.js';
import { view, type Looking } from '@lib/platform/cqrs/views.js';
import { columns, nullable, projection } from '@lib/platform/kernel/projection.js';
import { everHeld, holds, now, type Moment } from '@lib/platform/read-store/moment.js';
import { asNameColumns, nameColumns, type NameColumns } from '@lib/platform/read-store/person-search.js';
import { shownIdentity } from '@lib/platform/read-store/person-shown.js';
import type { Reader } from '@lib/platform/read-store/reader.js';
import type { CertificateRow } from '../certificate/certificate.views.js';
import { PostingEnded, PostingStarted } from '../posting/posting.events.js';
import type { PostingRow } from '../posting/posting.views.js';
import {
  WorkerContactUpdated,
  WorkerIdentityCorrected,
  WorkerRegistered,
  WorkerReinstated,
  WorkerRetired,
  WorkerStatusChanged,
  WorkerSuspended,
  type ProfessionalLevel,
  type ProfessionalStatus,
} from './social-worker.events.js';

export const workerStages = ['ACTIVE', 'SUSPENDED', 'RETIRED'] as const;
export type WorkerStage = (typeof workerStages)[number];

/** How the name of an erased person reads; there is no row for one. */
const erasedName = '';

/** The talent register as it is: one row for each worker. */
export const socialWorkers = projection(
  {
    name: 'socialWorker',
    version: 1,
    columns: {
      workerId: columns.uuid,
      homeDivisionId: columns.uuid,
      ...nameColumns,
      birthYear: columns.integer,
      idNumber: columns.sealed,
      phone: nullable(columns.sealed),
      phoneTail: nullable(columns.text),
      level: nullable(columns.text),
      status: columns.text,
      stage: columns.text,
      specialisms: columns.texts,
      /** Of the primary posting. */
      stationId: nullable(columns.uuid),
      registeredOn: columns.date,
      /** Of the worker's own stream. */
      revision: columns.integer,
    },
    key: ['workerId'],
    indexes: [
      { columns: ['spelling', 'workerId'] },
      { columns: ['registeredOn', 'workerId'] },
      { columns: ['homeDivisionId', 'spelling', 'workerId'] },
      { columns: ['homeDivisionId', 'registeredOn', 'workerId'] },
      { columns: ['status', 'level', 'spelling', 'workerId'] },
      { columns: ['stage', 'spelling', 'workerId'] },
      { columns: ['initials'] },
      { columns: ['phoneTail'] },
      { columns: ['stationId'] },
      { columns: ['nameParts'], kind: 'array' },
      { columns: ['specialisms'], kind: 'array' },
    ],
  },
  on => [
    on(
      WorkerRegistered,
      ({ workerId }) => ({ workerId }),
      (_, { workerId, homeDivisionId, name, birthYear, idNumber, phone, phoneTail, specialisms, registeredOn }, { revision }) =>
        name === erasedName
          ? null
          : {
              workerId,
              homeDivisionId,
              ...asNameColumns(name),
              birthYear,
              idNumber,
              phone: phone ?? null,
              phoneTail: phoneTail ?? null,
              level: null,
              status: 'UNCERTIFIED',
              stage: 'ACTIVE',
              specialisms,
              stationId: null,
              registeredOn,
              revision,
            },
    ),
    on(
      WorkerIdentityCorrected,
      ({ workerId }) => ({ workerId }),
      (row, { name, birthYear, idNumber }, { revision }) =>
        row && {
          ...row,
          ...(name === undefined ? {} : asNameColumns(name)),
          birthYear: birthYear ?? row.birthYear,
          idNumber: idNumber ?? row.idNumber,
          revision,
        },
    ),
    on(
      WorkerContactUpdated,
      ({ workerId }) => ({ workerId }),
      (row, { phone, phoneTail }, { revision }) => row && { ...row, phone, phoneTail, revision },
    ),
    on(
      WorkerStatusChanged,
      ({ workerId }) => ({ workerId }),
      (row, { status, level }, { revision }) => row && { ...row, status, level, revision },
    ),
    on(
      WorkerSuspended,
      ({ workerId }) => ({ workerId }),
      (row, _, { revision }) => row && { ...row, stage: 'SUSPENDED', revision },
    ),
    on(
      WorkerReinstated,
      ({ workerId }) => ({ workerId }),
      (row, _, { revision }) => row && { ...row, stage: 'ACTIVE', revision },
    ),
    on(
      WorkerRetired,
      ({ workerId }) => ({ workerId }),
      (row, _, { revision }) => row && { ...row, stage: 'RETIRED', revision },
    ),
    on(
      PostingStarted,
      ({ workerId }) => ({ workerId }),
      (row, { kind, stationId }) => (row && kind === 'PRIMARY' ? { ...row, stationId } : undefined),
    ),
    on(
      PostingEnded,
      ({ workerId }) => ({ workerId }),
      (row, { kind, stationId }) =>
        row && kind === 'PRIMARY' && row.stationId === stationId ? { ...row, stationId: null } : undefined,
    ),
  ],
);

/** A row of `read.social_worker`. */
export interface SocialWorkerRow extends NameColumns {
  readonly workerId: string;
  readonly homeDivisionId: string;
  readonly birthYear: number;
  readonly idNumber: string;
  readonly phone: string | null;
  readonly phoneTail: string | null;
  readonly level: ProfessionalLevel | null;
  readonly status: ProfessionalStatus;
  readonly stage: WorkerStage;
  readonly specialisms: readonly string[];
  readonly stationId: string | null;
  readonly registeredOn: string;
  readonly revision: number;
}

/** What the views of workers are read from; divisions and stations lend the names that they have now. */
export interface WorkerTables {
  readonly socialWorker: SocialWorkerRow;
  readonly certificate: CertificateRow;
  readonly posting: PostingRow;
  readonly division: { readonly divisionId: string; readonly parentId: string | null; readonly name: string };
  readonly serviceStation: { readonly stationId: string; readonly name: string };
}

/** Which worker, and when. */
export class WorkerCardAsk {
  @IsUUID() readonly workerId!: string;
  /** Postings as they were known then: a position of the log, or an instant (ISO 8601). @example "2026-03-02T00:00:00Z" */
  @IsOptional()
  @Matches(/^(\d{1,20}|\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2}))$/)
  readonly asOf?: string;
  /** Only the postings that held on this day. @example "2026-03-01" */
  @IsOptional() @IsCalendarDate() readonly effectiveOn?: string;
}

/** A professional certificate of the worker. */
export class WorkerCertificate {
  readonly certificateId!: string;
  /** @example "INTERMEDIATE" */
  readonly level!: ProfessionalLevel;
  /** Null for those who see masked names. @example "2023112204400001234" */
  readonly number!: string | null;
  /** @example "2023-06-17" */
  readonly passedOn!: string;
  /** SENIOR only: when the review was passed. @example "2024-11-20" */
  readonly reviewedOn!: string | null;
  /** @example "吉林省人力资源和社会保障厅" */
  readonly issuedBy!: string | null;
  /** RECORDED: not looked at yet. @example "VERIFIED" */
  readonly stage!: CertificateRow['stage'];
  /** When it was found genuine, or not. @example "2026-03-02" */
  readonly judgedOn!: string | null;
}

/** A period for which the worker was posted at a station. */
export class WorkerPosting {
  readonly stationId!: string;
  /** @example "丹英社区社工服务站" */
  readonly stationName!: string | null;
  /** @example "PRIMARY" */
  readonly kind!: PostingRow['kind'];
  /** The first day. @example "2026-03-02" */
  readonly from!: string;
  /** The first day without; null while it runs. @example "2026-12-01" */
  readonly until!: string | null;
  /** ACTING only: the day by which it ends at the latest. @example "2026-12-01" */
  readonly plannedUntil!: string | null;
}

/** One worker: identity as far as the asker may see it, certificates, postings. */
export class WorkerCard {
  readonly workerId!: string;
  /** Masked, or null, for those who may not see it. @example "李玉兰" */
  readonly name!: string | null;
  /** Null for those who see masked names. @example 1985 */
  readonly birthYear!: number | null;
  /** The last four at most. @example "**************002X" */
  readonly idNumber!: string | null;
  /** @example "138****0000" */
  readonly phone!: string | null;
  readonly homeDivisionId!: string;
  /** @example "北山街道" */
  readonly homeDivisionName!: string | null;
  /** The highest one that was verified. @example "INTERMEDIATE" */
  readonly level!: ProfessionalLevel | null;
  /** @example "CERTIFIED" */
  readonly status!: ProfessionalStatus;
  /** @example "ACTIVE" */
  readonly stage!: WorkerStage;
  /** @example ["ELDERLY", "COMMUNITY_BUILDING"] */
  readonly specialisms!: string[];
  /** @example "2026-03-02" */
  readonly registeredOn!: string;
  readonly certificates!: WorkerCertificate[];
  /** The latest first. */
  readonly postings!: WorkerPosting[];
}

const certificatesOf = ({ reader, sight }: Looking<Reader>, workerId: string) =>
  reader
    .tables<WorkerTables>()
    .selectFrom('certificate as c')
    .where('c.workerId', '=', workerId)
    .orderBy('c.passedOn', 'desc')
    .orderBy('c.certificateId')
    .select(['c.certificateId', 'c.level', 'c.passedOn', 'c.reviewedOn', 'c.issuedBy', 'c.stage', 'c.judgedOn'])
    .select(sight.name === 'full' ? sql<string | null>`c.number`.as('number') : sql<string | null>`null`.as('number'))
    .execute();

const postingsOf = ({ reader }: Looking<Reader>, workerId: string, moment: Moment) =>
  reader
    .tables<WorkerTables>()
    .selectFrom('posting as p')
    .leftJoin('serviceStation as s', join => join.onRef('s.stationId', '=', 'p.stationId').on(holds('s', now)))
    .where('p.workerId', '=', workerId)
    .where(everHeld('p', moment))
    .orderBy('p.effectiveFrom', 'desc')
    .orderBy('p.recordedFrom', 'desc')
    .select(['p.stationId', 's.name as stationName', 'p.kind', 'p.effectiveFrom as from', 'p.effectiveUntil as until'])
    .select('p.plannedUntil')
    .execute();

export const workerCard = view('workerCard', {
  at: 'social-workers/{workerId}',
  by: everyRole,
  asks: WorkerCardAsk,
  answers: WorkerCard,
  words: { zh: '社工名片', en: 'One worker: identity, certificates, postings' },
  async answer({ workerId, asOf, effectiveOn }, looking: Looking<Reader>) {
    const { reader, reach } = looking;
    const row = await reader
      .tables<WorkerTables>()
      .selectFrom('socialWorker as w')
      .leftJoin('division as d', join => join.onRef('d.divisionId', '=', 'w.homeDivisionId').on(holds('d', now)))
      .where('w.workerId', '=', workerId)
      .selectAll('w')
      .select('d.name as homeDivisionName')
      .executeTakeFirst();
    if (!row || !(reach.all || reach.divisionIds.includes(row.homeDivisionId))) return undefined;
    const moment = await reader.moment({ asOf, effectiveOn });
    const [certificates, postings, identity] = await Promise.all([
      certificatesOf(looking, workerId),
      postingsOf(looking, workerId, moment),
      shownIdentity(row, looking),
    ]);
    return {
      revision: row.revision,
      body: {
        workerId,
        ...identity,
        homeDivisionId: row.homeDivisionId,
        homeDivisionName: row.homeDivisionName,
        level: row.level,
        status: row.status,
        stage: row.stage,
        specialisms: [...row.specialisms],
        registeredOn: row.registeredOn,
        certificates,
        postings,
      },
    };
  },
});

/** A name and the number of a certificate or registration, both whole. */
export class PublicWorkerCheckAsk {
  /** @example "李玉兰" */
  @IsString() @IsNotEmpty() @MaxLength(60) readonly name!: string;
  /** As it is printed on the certificate; of a registration once these are kept. @example "2023112204400001234" */
  @IsString() @IsNotEmpty() @MaxLength(40) readonly certificateNumber!: string;
}

/** Whether such a worker is in the register, and at which level. */
export class PublicWorkerCheck {
  /** True for a worker of that name who works, and whose certificate of that number was verified. @example true */
  readonly registered!: boolean;
  /** @example "INTERMEDIATE" */
  readonly level!: ProfessionalLevel | null;
  /** @example "CERTIFIED" */
  readonly status!: ProfessionalStatus | null;
  /** VALID, or LAPSED when the registration has run out. @example "VALID" */
  readonly validity!: 'VALID' | 'LAPSED' | null;
  /** The day for which the answer holds. @example "2026-03-10" */
  readonly checkedOn!: string;
}

/** A wrong name, an unknown number and a worker who does not work now are answered with the same bytes. */
export const publicWorkerCheck = view('publicWorkerCheck', {
  at: 'public/worker-check',
  by: [anyone],
  asks: PublicWorkerCheckAsk,
  answers: PublicWorkerCheck,
  words: { zh: '公众核验社工', en: 'Is this person a social worker of the register?' },
  async answer({ name, certificateNumber }, { reader }: Looking<Reader>) {
    const found = await reader
      .tables<WorkerTables>()
      .selectFrom('certificate as c')
      .innerJoin('socialWorker as w', 'w.workerId', 'c.workerId')
      .where('c.number', '=', certificateNumber)
      .where('c.stage', '=', 'VERIFIED')
      .where('w.name', '=', name)
      .where('w.stage', '=', 'ACTIVE')
      .select(['w.level', 'w.status'])
      .executeTakeFirst();
    const validity = found ? (found.status === 'LAPSED' ? 'LAPSED' : 'VALID') : null;
    return {
      body: {
        registered: found !== undefined,
        level: found?.level ?? null,
        status: found?.status ?? null,
        validity,
        checkedOn: reader.today(),
      },
    };
  },
});
