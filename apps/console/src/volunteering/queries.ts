import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { answered, api, asCard } from '../shell/api.ts';
import type { components, paths } from '../shell/contract.ts';

export type RegisteredVolunteer = components['schemas']['RegisteredVolunteer'];
export type VolunteerCard = components['schemas']['VolunteerCard'];
type Asked = NonNullable<paths['/api/volunteers']['get']['parameters']['query']>;
export type VolunteerFilter = Omit<Asked, 'cursor' | 'limit' | 'sort' | 'direction'>;

/** The register of volunteers, a page after the other as one scrolls. */
export const volunteerRegister = (filter: VolunteerFilter, pageRows = 100) =>
  infiniteQueryOptions({
    queryKey: ['volunteers', filter, pageRows],
    queryFn: async ({ signal, pageParam }) =>
      answered(
        await api.GET('/api/volunteers', {
          params: { query: { ...filter, limit: pageRows, ...(pageParam ? { cursor: pageParam } : {}) } },
          signal,
        }),
      ),
    initialPageParam: '',
    getNextPageParam: ({ next }) => next,
  });

export const volunteerCard = (volunteerId: string) =>
  queryOptions({
    queryKey: ['volunteer', volunteerId],
    queryFn: async ({ signal }) =>
      asCard(await api.GET('/api/volunteers/{volunteerId}', { params: { path: { volunteerId } }, signal })),
  });
