import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { answered, api } from '../shell/api.ts';
import type { components, paths } from '../shell/contract.ts';

export type HistoryEntry = components['schemas']['HistoryEntry'];

export type CarriedOutCommand = components['schemas']['CarriedOutCommand'];

/** Which facts; all of them when empty. */
export interface HistoryFilter {
  readonly actor?: string;
  readonly fact?: string;
  readonly unitId?: string;
  /** Recorded on this day or later, `YYYY-MM-DD`. */
  readonly from?: string;
  readonly to?: string;
  /** An instant: as it was known then. */
  readonly asOf?: string;
}

/** What happened, the latest first. @param subjectId only to this; left out: to anything within one's places */
export const historyBy = (filter: HistoryFilter, subjectId?: string) =>
  infiniteQueryOptions({
    queryKey: ['history', 'by', subjectId ?? '', filter],
    queryFn: async ({ signal, pageParam }) => {
      const query = { ...filter, limit: 50, ...(pageParam ? { cursor: pageParam } : {}) };
      return answered(
        subjectId === undefined
          ? await api.GET('/api/history', { params: { query }, signal })
          : await api.GET('/api/history/{subjectId}', { params: { path: { subjectId }, query }, signal }),
      );
    },
    initialPageParam: '',
    getNextPageParam: ({ next }) => next,
  });

export type TakenList = components['schemas']['TakenList'];
type TakenAsked = NonNullable<paths['/api/taken-lists']['get']['parameters']['query']>;
export type TakenFilter = Omit<TakenAsked, 'cursor' | 'limit'>;

/** What is chosen above the list; a choice that was taken back is undefined. */
export type TakenWanted = { readonly [Name in keyof TakenFilter]?: TakenFilter[Name] | undefined };

/** Which lists left the house as files, the latest first. */
export const takenLists = (filter: TakenFilter) =>
  infiniteQueryOptions({
    queryKey: ['history', 'taken', filter],
    queryFn: async ({ signal, pageParam }) =>
      answered(
        await api.GET('/api/taken-lists', {
          params: { query: { ...filter, limit: 100, ...(pageParam ? { cursor: pageParam } : {}) } },
          signal,
        }),
      ),
    initialPageParam: '',
    getNextPageParam: ({ next }) => next,
    // No fact tells of it.
    staleTime: 0,
  });

/** Who did anything within one's places. */
export const knownActors = queryOptions({
  queryKey: ['history', 'actors'],
  queryFn: async ({ signal }) => answered(await api.GET('/api/history/actors', { signal })),
  staleTime: 300_000,
});

/** A command with its facts and with what followed from them. */
export const commandTrail = (commandId: string) =>
  queryOptions({
    queryKey: ['history', 'command', commandId],
    queryFn: async ({ signal }) =>
      answered(await api.GET('/api/history/commands/{commandId}', { params: { path: { commandId } }, signal })),
  });

/** The first page of a view is asked only whether something of that id is there. */
const quiet = async <Body>(answer: Promise<{ data?: Body }>): Promise<Body | undefined> =>
  (await answer.catch(() => undefined))?.data;

export interface Subject {
  readonly name: string;
  readonly at:
    | { readonly to: '/centers/$centerId'; readonly params: { readonly centerId: string } }
    | { readonly to: '/stations/$stationId'; readonly params: { readonly stationId: string } }
    | { readonly to: '/volunteers/$volunteerId'; readonly params: { readonly volunteerId: string } }
    | { readonly to: '/workers/$workerId'; readonly params: { readonly workerId: string } }
    | { readonly to: '/places/$divisionId'; readonly params: { readonly divisionId: string } };
}

/**
 * What the subject of a history is called, and where its own page is.
 * @param stream one of its facts' streams, which says what kind of thing an id may be
 */
export const subjectOf = (id: string, category: string) =>
  queryOptions({
    queryKey: ['history', 'subject', id, category],
    queryFn: async ({ signal }): Promise<Subject | null> => {
      if (category === 'serviceCenter') {
        const card = await quiet(api.GET('/api/service-centers/{centerId}', { params: { path: { centerId: id } }, signal }));
        return card ? { name: card.name, at: { to: '/centers/$centerId', params: { centerId: id } } } : null;
      }
      if (category === 'serviceStation') {
        const card = await quiet(api.GET('/api/service-stations/{stationId}', { params: { path: { stationId: id } }, signal }));
        return card ? { name: card.name, at: { to: '/stations/$stationId', params: { stationId: id } } } : null;
      }
      if (category === 'volunteer') {
        const card = await quiet(api.GET('/api/volunteers/{volunteerId}', { params: { path: { volunteerId: id } }, signal }));
        return card ? { name: card.name ?? '—', at: { to: '/volunteers/$volunteerId', params: { volunteerId: id } } } : null;
      }
      if (category === 'socialWorker') {
        const card = await quiet(api.GET('/api/social-workers/{workerId}', { params: { path: { workerId: id } }, signal }));
        return card ? { name: card.name ?? '—', at: { to: '/workers/$workerId', params: { workerId: id } } } : null;
      }
      if (category === 'division') {
        const card = await quiet(api.GET('/api/divisions/{divisionId}', { params: { path: { divisionId: id } }, signal }));
        return card ? { name: card.name, at: { to: '/places/$divisionId', params: { divisionId: id } } } : null;
      }
      return null;
    },
    enabled: category !== '',
  });
