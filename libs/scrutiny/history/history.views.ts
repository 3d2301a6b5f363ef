import { IsUUID } from 'class-validator';
import { sql } from 'kysely';
import { auditor, everyRole, oversight, registrar } from '@lib/access/roles.js';
import { view, type Looking } from '@lib/platform/cqrs/views.js';
import { isAmong } from '@lib/platform/read-store/id-list.js';
import type { Reader } from '@lib/platform/read-store/reader.js';
import { HistoryEntry, namesOfActors, told } from './history-entry.views.js';
import { factsThatFit, HistoryFilterAsk, type PageOfPositions } from './history-filter.views.js';

/** The history of anything, the latest first. */
export class SubjectHistory {
  readonly rows!: HistoryEntry[];
  /** Asks for what came before; null at the beginning. */
  readonly next!: string | null;
}

/** Of what, which of it, and up to when. */
export class SubjectHistoryAsk extends HistoryFilterAsk {
  /** The id of a division, center, station, worker, certificate, volunteer or account. @example "0b8f6f6e-0d4e-4c57-9a55-0c6f0a1b2c11" */
  @IsUUID() readonly subjectId!: string;
}

const inWords = async (looking: Looking<Reader>, { positions, next }: PageOfPositions): Promise<SubjectHistory> => ({
  rows: (await told(looking, positions)).map(({ entry }) => entry).reverse(),
  next,
});

const isFiltered = ({ actor, unitId, fact, from, to, cursor }: HistoryFilterAsk) =>
  [actor, unitId, fact, from, to, cursor].some(filter => filter !== undefined);

export const subjectHistory = view('subjectHistory', {
  at: 'history/{subjectId}',
  by: everyRole,
  asks: SubjectHistoryAsk,
  answers: SubjectHistory,
  words: { zh: '历史', en: 'Who did what, when and why, to anything; in words, the latest first' },
  async answer(asked: SubjectHistoryAsk, looking: Looking<Reader>) {
    const page = await factsThatFit(looking, asked, asked.subjectId);
    if (!page) return undefined;
    if (page.positions.length === 0) {
      // What does not exist and what is out of reach is not there; what has nothing that fits is.
      const { asOf } = asked;
      const anything = isFiltered(asked) && (await factsThatFit(looking, { asOf, limit: 1 }, asked.subjectId));
      if (!anything || anything.positions.length === 0) return undefined;
    }
    return { body: await inWords(looking, page) };
  },
});

export const historyOfAll = view('historyOfAll', {
  at: 'history',
  by: [auditor, oversight, registrar],
  asks: HistoryFilterAsk,
  answers: SubjectHistory,
  words: { zh: '范围内的全部历史', en: 'Everything that happened within one’s places; in words, the latest first' },
  async answer(asked: HistoryFilterAsk, looking: Looking<Reader>) {
    const page = await factsThatFit(looking, asked);
    return page && { body: await inWords(looking, page) };
  },
});

/** Somebody who did something, or something that acts by itself. */
export class KnownActor {
  /** @example "0b8f6f6e-0d4e-4c57-9a55-0c6f0a1b2c41" */
  readonly id!: string;
  /** @example "服务中心工作人员" */
  readonly name!: string;
}

/** Everybody who did anything within reach, by name. */
export class KnownActors {
  readonly rows!: KnownActor[];
}

/** Everybody. */
export class KnownActorsAsk {}

export const historyActors = view('historyActors', {
  at: 'history/actors',
  by: everyRole,
  asks: KnownActorsAsk,
  answers: KnownActors,
  words: { zh: '做过事的账号和规则', en: 'Accounts and policies that did anything within one’s places' },
  async answer(_: KnownActorsAsk, looking: Looking<Reader>) {
    const { reader, reach, language } = looking;
    const { rows } = await sql<{ actor: string }>`
      select distinct p.actor from actor_place p
      where ${reach.all ? sql`true` : isAmong('p.divisionId', reach.divisionIds)}`.execute(reader.tables());
    const names = await namesOfActors(
      looking,
      rows.map(({ actor }) => actor),
    );
    const order = new Intl.Collator(language === 'zh' ? 'zh-CN' : 'en');
    return { body: { rows: [...names].map(([id, name]) => ({ id, name })).sort((a, b) => order.compare(a.name, b.name)) } };
  },
});
