import { addDays } from '@lib/platform/kernel/calendar.js';
import type { Words } from '@lib/platform/kernel/event.js';

/** What a center has to do, in the order in which it is done best. */
export const todoCodes = [
  'CENTER_SURPLUS',
  'CENTER_SUSPENDED',
  'CENTER_WITHOUT_STATION',
  'STATION_WITHOUT_WORKER',
  'ACTING_OVERDUE',
  'ACTING_ENDS_SOON',
  'STATION_WITHOUT_VOLUNTEERS',
  'VOLUNTEERS_WAITING',
  'STATION_WITH_FEW_VOLUNTEERS',
  'COMMUNITY_WITHOUT_STATION',
  'VOLUNTEERS_NOT_LINKED',
  'STATION_WITH_ACTING_WORKER',
  'STATION_SUSPENDED',
] as const;
export type TodoCode = (typeof todoCodes)[number];

/** So many days before it ends, acting for a station has to be thought of. */
export const actingNoticeDays = 14;

/** Something to do, and what to do it to. */
export interface Todo {
  readonly code: TodoCode;
  readonly stationId: string | null;
  /** Volunteers or communities that it is about, as far as they are listed. */
  readonly ids: readonly string[];
  /** How many there are of them, or of volunteers where there are too few. */
  readonly count: number | null;
  /** By when, or since when. */
  readonly on: string | null;
  readonly words: Words;
}

export interface StationState {
  readonly stationId: string;
  readonly name: string;
  /** As `stationConformance` says. */
  readonly reasons: readonly string[];
  readonly volunteers: number;
  readonly actingUntil: string | null;
}

export interface Waiting {
  readonly count: number;
  /** Those who have waited longest. */
  readonly ids: readonly string[];
  /** The day from which the first of them waits. */
  readonly since: string | null;
}

export interface CenterState {
  readonly today: string;
  /** As `centerConformance` says. */
  readonly reasons: readonly string[];
  readonly stations: readonly StationState[];
  readonly uncovered: { readonly count: number; readonly ids: readonly string[] };
  readonly applicants: Waiting;
  readonly unlinked: Waiting;
}

const nothing = { stationId: null, ids: [], count: null, on: null } as const;

const ofCenter: Readonly<Record<string, { readonly code: TodoCode; readonly words: Words }>> = {
  CENTER_SURPLUS: {
    code: 'CENTER_SURPLUS',
    words: {
      zh: '所在街道(乡镇)已撤并:请登记员将中心改属或合并',
      en: 'The street or town has ended: have the registrar reassign or merge the center',
    },
  },
  CENTER_SUSPENDED: {
    code: 'CENTER_SUSPENDED',
    words: { zh: '中心停业中:恢复后才能开设服务站', en: 'The center is suspended: stations can be opened once it resumes' },
  },
  CENTER_WITHOUT_STATION: {
    code: 'CENTER_WITHOUT_STATION',
    words: { zh: '中心还没有服务站:请开设', en: 'The center has no station: open one' },
  },
};

function ofStation({ stationId, name, reasons, volunteers, actingUntil }: StationState, today: string): readonly Todo[] {
  const todo = (code: TodoCode, words: Words, more: Partial<Todo> = {}): Todo => ({
    ...nothing,
    code,
    stationId,
    words,
    ...more,
  });
  // Nothing else can be done about a station while it is suspended.
  if (reasons.includes('STATION_SUSPENDED')) {
    return [
      todo('STATION_SUSPENDED', {
        zh: `“${name}”暂停中:请恢复或关闭`,
        en: `“${name}” is suspended: resume it or close it`,
      }),
    ];
  }
  const todos: Todo[] = [];
  if (reasons.includes('STATION_WITHOUT_WORKER')) {
    todos.push(
      todo('STATION_WITHOUT_WORKER', {
        zh: `“${name}”没有社工:请指派社工,或指定代理`,
        en: `“${name}” has no social worker: assign one, or appoint somebody to act`,
      }),
    );
  }
  if (reasons.includes('STATION_WITH_ACTING_WORKER') && actingUntil !== null) {
    const on = { on: actingUntil };
    if (actingUntil <= today) {
      const words = {
        zh: `“${name}”的代理已于 ${actingUntil} 到期:请指派社工,或重新指定代理`,
        en: `Acting for “${name}” ended on ${actingUntil}: assign a social worker, or appoint somebody anew`,
      };
      todos.push(todo('ACTING_OVERDUE', words, on));
    } else if (actingUntil <= addDays(today, actingNoticeDays)) {
      const words = {
        zh: `“${name}”的代理 ${actingUntil} 到期:请指派社工`,
        en: `Acting for “${name}” ends on ${actingUntil}: assign a social worker`,
      };
      todos.push(todo('ACTING_ENDS_SOON', words, on));
    } else {
      const words = {
        zh: `“${name}”由他人代理至 ${actingUntil}:请物色社工`,
        en: `Somebody acts for “${name}” until ${actingUntil}: look for a social worker`,
      };
      todos.push(todo('STATION_WITH_ACTING_WORKER', words, on));
    }
  }
  if (reasons.includes('STATION_WITH_FEW_VOLUNTEERS')) {
    const words =
      volunteers === 0
        ? { zh: `“${name}”没有志愿者:请联系志愿者`, en: `“${name}” has no volunteer: link some` }
        : {
            zh: `“${name}”只有 ${volunteers} 名志愿者:请再联系志愿者`,
            en: `“${name}” has only ${volunteers} volunteer${volunteers === 1 ? '' : 's'}: link more`,
          };
    const code = volunteers === 0 ? 'STATION_WITHOUT_VOLUNTEERS' : 'STATION_WITH_FEW_VOLUNTEERS';
    todos.push(todo(code, words, { count: volunteers }));
  }
  return todos;
}

function ofPeople({ uncovered, applicants, unlinked }: CenterState): readonly Todo[] {
  const todos: Todo[] = [];
  if (applicants.count > 0) {
    todos.push({
      ...nothing,
      code: 'VOLUNTEERS_WAITING',
      ids: applicants.ids,
      count: applicants.count,
      on: applicants.since,
      words: {
        zh: `${applicants.count} 人申请做志愿者,等待接纳`,
        en: `${applicants.count} applied to be volunteers and wait for acceptance`,
      },
    });
  }
  if (unlinked.count > 0) {
    todos.push({
      ...nothing,
      code: 'VOLUNTEERS_NOT_LINKED',
      ids: unlinked.ids,
      count: unlinked.count,
      on: unlinked.since,
      words: {
        zh: `${unlinked.count} 名志愿者尚未联系服务站:请为其联系`,
        en: `${unlinked.count} volunteers serve no station: link them`,
      },
    });
  }
  if (uncovered.count > 0) {
    todos.push({
      ...nothing,
      code: 'COMMUNITY_WITHOUT_STATION',
      ids: uncovered.ids,
      count: uncovered.count,
      words: {
        zh: `${uncovered.count} 个社区没有服务站覆盖:请开站或调整覆盖范围`,
        en: `${uncovered.count} communities are covered by no station: open one or change what the others cover`,
      },
    });
  }
  return todos;
}

/** Everything that a center has to do: by `todoCodes`, then by day, and stations in the order in which they were given. */
export function todosOf(state: CenterState): readonly Todo[] {
  const todos = [
    ...state.reasons.flatMap(reason => (ofCenter[reason] ? [{ ...nothing, ...ofCenter[reason] }] : [])),
    ...state.stations.flatMap(station => ofStation(station, state.today)),
    ...ofPeople(state),
  ];
  const rank = ({ code }: Todo) => todoCodes.indexOf(code);
  const day = ({ on }: Todo) => on ?? '';
  return todos.toSorted((one, other) => rank(one) - rank(other) || (day(one) < day(other) ? -1 : day(one) > day(other) ? 1 : 0));
}
