import { queryOptions, useQuery } from '@tanstack/react-query';
import { answered, api } from '../shell/api.ts';
import type { components } from '../shell/contract.ts';

export type Me = components['schemas']['Me'];

export const me = queryOptions({
  queryKey: ['me'],
  queryFn: async ({ signal }) => answered(await api.GET('/api/me', { signal })),
  staleTime: 300_000,
});

export const useMe = () => useQuery(me);

/** Whether the person holds one of these roles anywhere; whether the place allows it, the server says. */
export function useMay(...roles: readonly string[]): boolean {
  const { data } = useMe();
  return data?.grants.some(({ role }) => roles.includes(role)) ?? false;
}
