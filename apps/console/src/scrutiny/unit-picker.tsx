import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Select } from 'antd';
import { useMe } from '../access/me.ts';
import { answered, api } from '../shell/api.ts';
import { useClear } from '../shell/clear.tsx';
import { useWords } from '../shell/language.ts';
import { useTyped } from '../shell/use-typed.ts';

export interface Unit {
  readonly id: string;
  readonly name: string;
}

const streetsLookedInto = 4;

/** Divisions of a name, and the centers of the streets among them. */
async function find(name: string, signal: AbortSignal): Promise<readonly Unit[]> {
  const divisions = answered(await api.GET('/api/divisions', { params: { query: { name, limit: 12 } }, signal })).rows;
  const streets = divisions.filter(({ level }) => level === 'TOWNSHIP').slice(0, streetsLookedInto);
  const branches = await Promise.all(
    streets.map(async ({ divisionId }) => {
      // What is found by name may lie where one sees nothing.
      const { data } = await api.GET('/api/structure-tree', { params: { query: { divisionId } }, signal });
      return (data?.children ?? []).filter(({ kind }) => kind === 'CENTER').map(({ id, name: called }) => ({ id, name: called }));
    }),
  );
  return [
    ...branches.flat(),
    ...divisions.map(({ divisionId, name: called, path }) => ({ id: divisionId, name: path ? `${called}(${path})` : called })),
  ];
}

/** A division with everything below it, or a center with its stations; one's own places stand first. */
export function UnitPicker({ unit, choose }: { unit: Unit | undefined; choose: (unit: Unit | undefined) => void }) {
  const { say } = useWords();
  const clear = useClear();
  const { data: me } = useMe();
  const { text: name, seek, listOf } = useTyped();
  const query = useQuery({
    queryKey: ['places', 'units found', name],
    queryFn: ({ signal }) => find(name, signal),
    enabled: name.length > 0,
    placeholderData: keepPreviousData,
  });
  const own = [
    ...new Map((me?.grants ?? []).map(grant => [grant.divisionId, { id: grant.divisionId, name: grant.name }])).values(),
  ];
  const offered = name ? (query.data ?? []) : [...(unit ? [unit] : []), ...own.filter(({ id }) => id !== unit?.id)];
  return (
    <Select
      allowClear={clear}
      value={unit?.id ?? null}
      {...listOf(query, name ? say('shell.none') : null)}
      placeholder={say('audit.place')}
      aria-label={say('audit.place')}
      popupMatchSelectWidth={false}
      options={offered.map(({ id, name: called }) => ({ value: id, label: called }))}
      onChange={id => {
        seek('');
        choose(offered.find(each => each.id === id));
      }}
    />
  );
}
