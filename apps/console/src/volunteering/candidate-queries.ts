import { infiniteQueryOptions } from '@tanstack/react-query';
import { answered, api } from '../shell/api.ts';
import type { components } from '../shell/contract.ts';
import type { VolunteerSkill, WeeklySlot } from '../shell/values.ts';

export type Candidate = components['schemas']['Candidate'];

export interface Wanted {
  readonly q?: string | undefined;
  readonly skill?: VolunteerSkill | undefined;
  readonly availability?: WeeklySlot | undefined;
}

/** Volunteers for a station, the best first, with what each point is for. */
export const candidatesFor = (stationId: string, { q, skill, availability }: Wanted) =>
  infiniteQueryOptions({
    queryKey: ['volunteers', 'candidates', stationId, q ?? '', skill ?? '', availability ?? ''],
    queryFn: async ({ signal, pageParam }) =>
      answered(
        await api.GET('/api/service-stations/{stationId}/candidates', {
          params: {
            path: { stationId },
            query: {
              limit: 50,
              ...(q ? { q } : {}),
              ...(skill ? { skill } : {}),
              ...(availability ? { availability } : {}),
              ...(pageParam ? { cursor: pageParam } : {}),
            },
          },
          signal,
        }),
      ),
    initialPageParam: '',
    getNextPageParam: ({ next }) => next,
  });

/** Everybody in reach who cannot be linked to a station now, with the reason. */
export const excludedFrom = (stationId: string) =>
  infiniteQueryOptions({
    queryKey: ['volunteers', 'excluded', stationId],
    queryFn: async ({ signal, pageParam }) =>
      answered(
        await api.GET('/api/service-stations/{stationId}/excluded-candidates', {
          params: { path: { stationId }, query: { limit: 50, ...(pageParam ? { cursor: pageParam } : {}) } },
          signal,
        }),
      ),
    initialPageParam: '',
    getNextPageParam: ({ next }) => next,
  });
