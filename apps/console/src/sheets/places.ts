import { answered, api } from '../shell/api.ts';
import { queries } from '../shell/queries.ts';
import { communitiesOf } from '../service-network/queries.ts';
import { me } from '../access/me.ts';

export type Place = { readonly divisionId: string } | { readonly fault: 'unknownPlace' | 'severalPlaces' };

interface Line {
  readonly divisionId: string;
  readonly code: string;
  readonly name: string;
}

/** The places of whoever is signed in, the smallest first: their names need no code. */
async function ownPlaces(): Promise<readonly Line[]> {
  const { grants } = await queries.ensureQueryData(me);
  const own = [...new Map(grants.map(grant => [grant.divisionId, grant])).values()];
  const streets = own.filter(({ code }) => code.length === 9);
  const communities = await Promise.all(streets.map(({ divisionId }) => queries.ensureQueryData(communitiesOf(divisionId))));
  return [...communities.flat(), ...own];
}

async function search(text: string): Promise<readonly Line[]> {
  const byCode = /^\d{6,12}$/.test(text);
  const query = byCode ? { code: text, limit: 5 } : { name: text, limit: 50 };
  const { rows } = answered(await api.GET('/api/divisions', { params: { query } }));
  return rows.filter(({ name, code }) => (byCode ? code === text : name === text));
}

/** Streets and communities have no shorter codes; nobody's home is a larger place. */
const isHome = ({ code }: Line) => code.length >= 9;

/** Places that can be offered where a home is written, as it is written; `all` when whoever is signed in has no others. */
export async function placesToOffer(): Promise<{ readonly places: readonly string[]; readonly all: boolean }> {
  const own = await ownPlaces();
  const homes = [...new Map(own.filter(isHome).map(line => [line.divisionId, line])).values()];
  const bearers = (name: string) => homes.filter(home => home.name === name).length;
  return { places: homes.map(({ name, code }) => (bearers(name) === 1 ? name : code)), all: own.every(isHome) };
}

/** Which division is meant by each of these names or codes. */
export async function placesOf(texts: readonly string[]): Promise<ReadonlyMap<string, Place>> {
  const own = await ownPlaces();
  const found = new Map<string, Place>();
  for (const text of new Set(texts)) {
    const mine = own.filter(({ name, code }) => name === text || code === text);
    const lines = mine.length > 0 ? mine : await search(text);
    const ids = [...new Set(lines.map(({ divisionId }) => divisionId))];
    found.set(text, ids.length === 1 ? { divisionId: ids[0]! } : { fault: ids.length === 0 ? 'unknownPlace' : 'severalPlaces' });
  }
  return found;
}
