import { QueryClient } from '@tanstack/react-query';
import { Refused } from './problem.ts';

const isWorthAnotherTry = (error: Error) => !(error instanceof Refused) || error.problem.status === 503;

/** What was read. It is read anew when a fact about it arrives, not by the clock. */
export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 30_000,
      gcTime: 300_000,
      retry: (failures, error) => isWorthAnotherTry(error) && failures < 6,
      retryDelay: failures => Math.min(400 * 2 ** failures, 5_000),
      networkMode: 'always',
      refetchOnWindowFocus: true,
    },
  },
});

/** Which things on the screen may look different after a fact of a category, by the first word of their keys. */
const touchedBy: Readonly<Record<string, readonly string[]>> = {
  division: ['divisions', 'places', 'center', 'history'],
  serviceCenter: ['places', 'center', 'station', 'conformance', 'history'],
  serviceStation: ['places', 'center', 'station', 'worker', 'workers', 'volunteer', 'volunteers', 'conformance', 'history'],
  socialWorker: ['center', 'station', 'worker', 'workers', 'history'],
  posting: ['center', 'station', 'worker', 'workers', 'history'],
  certificate: ['worker', 'workers', 'history'],
  volunteer: ['center', 'station', 'volunteer', 'volunteers', 'history'],
  volunteerLink: ['places', 'center', 'station', 'volunteer', 'volunteers', 'conformance', 'history'],
};

/** A list of which many pages were read is not read again by itself: it says that it has changed. */
const pagesReadAgain = 3;
const isLong = (data: unknown): boolean =>
  typeof data === 'object' && data !== null && 'pages' in data && Array.isArray(data.pages) && data.pages.length > pagesReadAgain;

export async function refresh(categories: Iterable<string>): Promise<void> {
  const words = new Set([...categories].flatMap(category => touchedBy[category] ?? []));
  await queries.invalidateQueries({
    predicate: ({ queryKey: [first], state }) => typeof first === 'string' && words.has(first) && !isLong(state.data),
  });
  for (const query of queries.getQueryCache().getAll()) {
    const [first] = query.queryKey;
    if (typeof first === 'string' && words.has(first) && isLong(query.state.data)) query.invalidate();
  }
}

export const refreshAll = (): Promise<void> => refresh(Object.keys(touchedBy));
