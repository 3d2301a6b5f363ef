import { queryOptions } from '@tanstack/react-query';
import { api } from '../shell/api.ts';

/** A card as plain fields, or null where there was none. */
export type Fields = Readonly<Record<string, unknown>> | null;

async function cardAsOf(category: string, id: string, asOf: string, signal: AbortSignal): Promise<Fields> {
  const query = { asOf };
  const read = {
    division: () => api.GET('/api/divisions/{divisionId}', { params: { path: { divisionId: id }, query }, signal }),
    serviceCenter: () => api.GET('/api/service-centers/{centerId}', { params: { path: { centerId: id }, query }, signal }),
    serviceStation: () => api.GET('/api/service-stations/{stationId}', { params: { path: { stationId: id }, query }, signal }),
    socialWorker: () => api.GET('/api/social-workers/{workerId}', { params: { path: { workerId: id }, query }, signal }),
    volunteer: () => api.GET('/api/volunteers/{volunteerId}', { params: { path: { volunteerId: id }, query }, signal }),
  };
  if (!(category in read)) return null;
  const { data } = await read[category as keyof typeof read]();
  return data ? { ...data } : null;
}

/** The card of something as it was known before a command, and after it. */
export const cardAround = (category: string, id: string, positions: readonly string[]) =>
  queryOptions({
    queryKey: ['history', 'around', category, id, ...positions],
    queryFn: async ({ signal }) => {
      const places = positions.map(BigInt).toSorted((one, other) => (one < other ? -1 : 1));
      const [before, after] = await Promise.all([
        cardAsOf(category, id, String(places[0]! - 1n), signal),
        cardAsOf(category, id, String(places.at(-1)!), signal),
      ]);
      return { before, after };
    },
    staleTime: Infinity,
  });

export interface Difference {
  readonly field: string;
  readonly before: unknown;
  readonly after: unknown;
}

/** The fields of a card that are not what they were. */
export function differencesOf(before: Fields, after: Fields, fields: readonly string[]): readonly Difference[] {
  return fields
    .map(field => ({ field, before: before?.[field] ?? null, after: after?.[field] ?? null }))
    .filter(each => JSON.stringify(each.before) !== JSON.stringify(each.after));
}
