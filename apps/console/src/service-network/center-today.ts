import { queryOptions } from '@tanstack/react-query';
import { answered, api } from '../shell/api.ts';
import type { components } from '../shell/contract.ts';

export type CenterTodo = components['schemas']['CenterTodo'];

/** A center today: what is not as planned, and what to do first. */
export const centerToday = (centerId: string) =>
  queryOptions({
    queryKey: ['center', centerId, 'today'],
    queryFn: async ({ signal }) =>
      answered(await api.GET('/api/service-centers/{centerId}/today', { params: { path: { centerId } }, signal })),
  });
