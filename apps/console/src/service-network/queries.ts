import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { answered, api, asCard } from '../shell/api.ts';
import type { components } from '../shell/contract.ts';

export type CenterCard = components['schemas']['ServiceCenterCard'];
export type StationCard = components['schemas']['ServiceStationCard'];
export type StationGlance = components['schemas']['StationGlance'];
export type StructureNode = components['schemas']['StructureNode'];
export type DivisionLine = components['schemas']['DivisionLine'];

/** A division with what lies directly under it: divisions, or the centers of a street or town. */
export const branch = (divisionId: string) =>
  infiniteQueryOptions({
    queryKey: ['places', divisionId],
    queryFn: async ({ signal, pageParam }) =>
      answered(
        await api.GET('/api/structure-tree', {
          params: { query: { divisionId, limit: 100, ...(pageParam ? { cursor: pageParam } : {}) } },
          signal,
        }),
      ),
    initialPageParam: '',
    getNextPageParam: ({ next }) => next,
  });

export const centerCard = (centerId: string) =>
  queryOptions({
    queryKey: ['center', centerId],
    queryFn: async ({ signal }) =>
      asCard(await api.GET('/api/service-centers/{centerId}', { params: { path: { centerId } }, signal })),
  });

export const stationCard = (stationId: string) =>
  queryOptions({
    queryKey: ['station', stationId],
    queryFn: async ({ signal }) =>
      asCard(await api.GET('/api/service-stations/{stationId}', { params: { path: { stationId } }, signal })),
  });

/** The communities of a street or town. */
export const communitiesOf = (divisionId: string) =>
  queryOptions({
    queryKey: ['divisions', 'under', divisionId],
    queryFn: async ({ signal }) =>
      answered(await api.GET('/api/divisions', { params: { query: { parentId: divisionId, limit: 200 } }, signal })).rows,
    staleTime: 300_000,
  });

export const divisionCard = (divisionId: string) =>
  queryOptions({
    queryKey: ['divisions', 'card', divisionId],
    queryFn: async ({ signal }) =>
      answered(await api.GET('/api/divisions/{divisionId}', { params: { path: { divisionId } }, signal })),
    staleTime: 300_000,
  });
