import { sql } from 'kysely';
import type { Language, Looking } from '@lib/platform/cqrs/views.js';
import { factCatalogue, sentence } from '@lib/platform/kernel/event.js';
import { maskName } from '@lib/platform/privacy/masks.js';
import { holds, now } from '@lib/platform/read-store/moment.js';
import type { Reader, RecordedFact } from '@lib/platform/read-store/reader.js';
import { subjectsOf } from '@lib/platform/read-store/subject-facts.js';
import { labelOf } from './labels.js';

/** Who did it. */
export class HistoryActor {
  /** @example "0b8f6f6e-0d4e-4c57-9a55-0c6f0a1b2c41" */
  readonly id!: string;
  /** The account, or the policy that acted by itself. @example "服务中心工作人员" */
  readonly name!: string;
  /** In which role, at that time. @example "中心工作人员" */
  readonly role!: string;
}

/** One fact, in words. */
export class HistoryEntry {
  /** @example "13021" */
  readonly position!: string;
  /** @example "serviceStation-0b8f6f6e-0d4e-4c57-9a55-0c6f0a1b2c11" */
  readonly stream!: string;
  /** @example 1 */
  readonly revision!: number;
  /** @example "SocialWorkerAssigned" */
  readonly fact!: string;
  /** @example "社工“李玉兰”到站任职(自 2026年3月2日)" */
  readonly words!: string;
  /** When it was recorded: ISO 8601 in UTC. @example "2026-03-02T02:00:00.000Z" */
  readonly recordedAt!: string;
  /** From which day it counts. @example "2026-03-02" */
  readonly effectiveOn!: string;
  readonly actor!: HistoryActor;
  /** Why, as a code in words, where one was given. @example "补录" */
  readonly because!: string | null;
  /** Facts with the same id were written by the same command. @example "5f0c8f52-0f5e-5a3e-9b8e-0a8f3c9f4b11" */
  readonly commandId!: string;
}

interface Label {
  readonly id: string;
  readonly name: string;
  readonly person: boolean;
}

type Names = ReadonlyMap<string, string>;

/** What these ids are called today, as much of it as the asker may see. */
async function namesOf({ reader, sight }: Looking<Reader>, ids: readonly string[]): Promise<Names> {
  const { rows } = await sql<Label>`
    select d.division_id as id, d.name, false as person from division d where d.division_id = any(${ids}::uuid[]) and ${holds('d', now)}
    union all
    select c.center_id, c.name, false from service_center c where c.center_id = any(${ids}::uuid[]) and ${holds('c', now)}
    union all
    select s.station_id, s.name, false from service_station s where s.station_id = any(${ids}::uuid[]) and ${holds('s', now)}
    union all
    select w.worker_id, w.name, true from social_worker w where w.worker_id = any(${ids}::uuid[])
    union all
    select v.volunteer_id, v.name, true from volunteer v where v.volunteer_id = any(${ids}::uuid[])
    union all
    select a.account_id, a.title, false from account a where a.account_id = any(${ids}::uuid[])`.execute(reader.tables());
  const shown = ({ name, person }: Label) =>
    !person || sight.name === 'full' ? name : sight.name === 'masked' ? maskName(name) : '…';
  return new Map(rows.map(row => [row.id, shown(row)]));
}

/** @param date `YYYY-MM-DD` */
const dateIn = (language: Language, date: string): string => {
  const [year, month, day] = date.split('-').map(Number);
  return language === 'zh' ? `${year}年${month}月${day}日` : date;
};

function entry(recorded: RecordedFact, { sight, language }: Looking<Reader>, names: Names): HistoryEntry {
  const { type, data, metadata, position, stream, revision, recordedAt } = recorded;
  const shape = factCatalogue.get(type)!.shape;
  const show = (field: string, value: unknown): string | undefined => {
    if (value === undefined || value === null) return undefined;
    const declared = shape[field];
    if (!declared) return undefined;
    if (declared.refers) {
      const ids = Array.isArray(value) ? (value as string[]) : [String(value)];
      return ids.map(id => names.get(id) ?? '…').join(language === 'zh' ? '、' : ', ');
    }
    if (declared.personal) {
      if (field === 'name')
        return sight.name === 'full' ? String(value) : sight.name === 'masked' ? maskName(String(value)) : undefined;
      if (field === 'phoneTail') return sight.phone === 'none' ? undefined : String(value);
      return typeof value === 'string' && field === 'reason' && sight.notes === 'full' ? value : undefined;
    }
    if (declared.schema.format === 'date') return dateIn(language, String(value));
    if (Array.isArray(value)) return value.map(item => labelOf(item, language)).join(language === 'zh' ? '、' : ', ');
    return labelOf(value, language);
  };
  const actor = metadata.actor ?? 'system';
  return {
    position,
    stream,
    revision,
    fact: type,
    words: sentence(type, data, language, show),
    recordedAt,
    effectiveOn: metadata.effectiveOn ?? recordedAt.slice(0, 10),
    actor: { id: actor, name: names.get(actor) ?? labelOf(actor, language), role: labelOf(metadata.actorRole, language) },
    because: metadata.reasonCode ? labelOf(metadata.reasonCode, language) : null,
    commandId: metadata.commandId ?? '',
  };
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const named = (ids: readonly (string | undefined)[]) => ids.filter((id): id is string => id !== undefined && uuid.test(id));

/** A fact in words, with what it was read from. */
export interface Told {
  readonly recorded: RecordedFact;
  readonly entry: HistoryEntry;
  /** What the unit was called for which its actor acted; undefined where none is known. */
  readonly unit: string | undefined;
}

/** The facts at these positions in words, in order of position. */
export async function told(looking: Looking<Reader>, positions: readonly string[]): Promise<readonly Told[]> {
  const recorded = await looking.reader.recorded(positions);
  const ids = recorded.flatMap(({ fact, metadata }) => [...subjectsOf(fact), ...named([metadata.actor, metadata.actorUnit])]);
  const names = await namesOf(looking, [...new Set(ids)]);
  return recorded.map(each => ({
    recorded: each,
    entry: entry(each, looking, names),
    unit: each.metadata.actorUnit ? names.get(each.metadata.actorUnit) : undefined,
  }));
}

/** What accounts, and what acts by itself, are called. */
export async function namesOfActors(looking: Looking<Reader>, actors: readonly string[]): Promise<Names> {
  const names = await namesOf(looking, named(actors));
  return new Map(actors.map(actor => [actor, names.get(actor) ?? labelOf(actor, looking.language)]));
}
