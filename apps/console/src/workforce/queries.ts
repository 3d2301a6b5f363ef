import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { answered, api, asCard } from '../shell/api.ts';
import type { components, paths } from '../shell/contract.ts';

export type RegisteredWorker = components['schemas']['RegisteredWorker'];
export type WorkerCard = components['schemas']['WorkerCard'];
type Asked = NonNullable<paths['/api/social-workers']['get']['parameters']['query']>;
export type WorkerFilter = Omit<Asked, 'cursor' | 'limit' | 'sort' | 'direction'>;

/** The register of social workers, a page after the other as one scrolls. */
export const workerRegister = (filter: WorkerFilter, pageRows = 100) =>
  infiniteQueryOptions({
    queryKey: ['workers', filter, pageRows],
    queryFn: async ({ signal, pageParam }) =>
      answered(
        await api.GET('/api/social-workers', {
          params: { query: { ...filter, limit: pageRows, ...(pageParam ? { cursor: pageParam } : {}) } },
          signal,
        }),
      ),
    initialPageParam: '',
    getNextPageParam: ({ next }) => next,
  });

export const workerCard = (workerId: string) =>
  queryOptions({
    queryKey: ['worker', workerId],
    queryFn: async ({ signal }) =>
      asCard(await api.GET('/api/social-workers/{workerId}', { params: { path: { workerId } }, signal })),
  });
