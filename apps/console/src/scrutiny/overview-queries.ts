import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { answered, api } from '../shell/api.ts';
import type { components } from '../shell/contract.ts';

export type Figures = components['schemas']['StructureFigures'];
export type DivisionFigures = components['schemas']['DivisionFigures'];
export type FigureName = keyof Figures;
export type StructureNode = components['schemas']['StructureNode'];

/** Days as `YYYY-MM-DD`: the one that is looked at, today when absent, and the one it is compared with. */
export interface Days {
  readonly on?: string | undefined;
  readonly compare?: string | undefined;
}

const atMost = 200;

/** A division and those one level down. @param divisionId the top of one's own places when absent */
export const figuresUnder = (divisionId: string | undefined, { on, compare }: Days) =>
  infiniteQueryOptions({
    queryKey: ['places', 'figures', divisionId ?? '', on ?? '', compare ?? ''],
    queryFn: async ({ signal, pageParam }) =>
      answered(
        await api.GET('/api/structure-figures', {
          params: {
            query: {
              limit: atMost,
              ...(divisionId ? { divisionId } : {}),
              ...(on ? { effectiveOn: on } : {}),
              ...(compare ? { compareWith: compare } : {}),
              ...(pageParam ? { cursor: pageParam } : {}),
            },
          },
          signal,
        }),
      ),
    initialPageParam: '',
    getNextPageParam: ({ next }) => next,
  });

/** What a figure counts, one by one. */
export const subjectsOfFigure = (figure: FigureName, divisionId: string, on: string | undefined) =>
  infiniteQueryOptions({
    queryKey: ['places', 'subjects', figure, divisionId, on ?? ''],
    queryFn: async ({ signal, pageParam }) =>
      answered(
        await api.GET('/api/structure-figures/subjects', {
          params: {
            query: {
              figure,
              divisionId,
              limit: 50,
              ...(on ? { effectiveOn: on } : {}),
              ...(pageParam ? { cursor: pageParam } : {}),
            },
          },
          signal,
        }),
      ),
    initialPageParam: '',
    getNextPageParam: ({ next }) => next,
  });

/** The facts up to a position of the log, the latest first. */
export const factsUpTo = (subjectId: string, position: string) =>
  queryOptions({
    queryKey: ['history', subjectId, 'up to', position],
    queryFn: async ({ signal }) =>
      answered(
        await api.GET('/api/history/{subjectId}', {
          params: { path: { subjectId }, query: { limit: 20, asOf: position } },
          signal,
        }),
      ).rows,
    staleTime: Infinity,
  });

/** The top of one's own places when it names nothing. */
export type Branch =
  | { readonly divisionId?: never }
  | { readonly divisionId: string }
  | { readonly centerId: string }
  | { readonly stationId: string };

/** Centers of a street, stations of a center, people of a station; on a day, and as it was known then. */
export const branchOn = (of: Branch, { on, asOf }: { readonly on?: string | undefined; readonly asOf?: string | undefined }) =>
  infiniteQueryOptions({
    queryKey: ['places', 'branch', of, on ?? '', asOf ?? ''],
    queryFn: async ({ signal, pageParam }) =>
      answered(
        await api.GET('/api/structure-tree', {
          params: {
            query: {
              limit: atMost,
              ...of,
              ...(on ? { effectiveOn: on } : {}),
              ...(asOf ? { asOf } : {}),
              ...(pageParam ? { cursor: pageParam } : {}),
            },
          },
          signal,
        }),
      ),
    initialPageParam: '',
    getNextPageParam: ({ next }) => next,
  });

export interface Above {
  readonly divisionId: string;
  readonly name: string;
}

/** The divisions above one, from the top, as far as one's own places go. */
export const divisionsAbove = (divisionId: string, on: string | undefined) =>
  queryOptions({
    queryKey: ['places', 'above', divisionId, on ?? ''],
    queryFn: async ({ signal }): Promise<readonly Above[]> => {
      const found: Above[] = [];
      for (let id: string | null = divisionId; id;) {
        const params: { path: { divisionId: string }; query: { effectiveOn?: string } } = {
          path: { divisionId: id },
          query: on ? { effectiveOn: on } : {},
        };
        const { data } = await api.GET('/api/divisions/{divisionId}', { params, signal });
        if (!data) break;
        if (id !== divisionId) found.unshift({ divisionId: id, name: data.name });
        id = data.parentId;
      }
      return found;
    },
  });
