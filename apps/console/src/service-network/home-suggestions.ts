import { useQuery } from '@tanstack/react-query';
import { useMe } from '../access/me.ts';
import { communitiesOf } from './queries.ts';

/** Where people of one's own places live: the places themselves, and the communities of the smallest. */
export function useHomeSuggestions(): readonly { readonly value: string; readonly label: string }[] {
  const { data: me } = useMe();
  const grants = [...new Map((me?.grants ?? []).map(grant => [grant.divisionId, grant])).values()];
  const smallest = grants.toSorted((one, other) => other.code.length - one.code.length)[0];
  const { data: communities = [] } = useQuery({
    ...communitiesOf(smallest?.divisionId ?? ''),
    enabled: smallest?.code.length === 9,
  });
  return [
    ...grants
      .toSorted((one, other) => other.code.length - one.code.length)
      .map(({ divisionId, name }) => ({ value: divisionId, label: name })),
    ...communities.map(({ divisionId, name }) => ({ value: divisionId, label: `${name}(${smallest?.name ?? ''})` })),
  ];
}
