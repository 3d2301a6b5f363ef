import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Form, Select } from 'antd';
import { answered, api } from '../shell/api.ts';
import { useClear } from '../shell/clear.tsx';
import { useRequired } from '../shell/fields.tsx';
import { useWords, type WordKey } from '../shell/language.ts';
import { useTyped } from '../shell/use-typed.ts';
import { communitiesOf, type DivisionLine } from './queries.ts';

/** The communities of a street or town, several at once. */
export function CommunitiesField({ divisionId }: { divisionId: string }) {
  const { say } = useWords();
  const required = useRequired();
  const { data = [], isFetching } = useQuery(communitiesOf(divisionId));
  return (
    <Form.Item name="communities" label={say('network.communities')} rules={required('network.communities')}>
      <Select
        mode="multiple"
        loading={isFetching}
        placeholder={say('network.communityByName')}
        showSearch={{ optionFilterProp: 'label' }}
        options={data.map(({ divisionId: value, name }) => ({ value, label: name }))}
      />
    </Form.Item>
  );
}

const found = (name: string, level?: string) => ({
  queryKey: ['divisions', 'found', name, level ?? ''],
  queryFn: async ({ signal }: { signal: AbortSignal }): Promise<readonly DivisionLine[]> =>
    answered(
      await api.GET('/api/divisions', {
        params: { query: { name, limit: 20, ...(level ? { level: level as 'TOWNSHIP' } : {}) } },
        signal,
      }),
    ).rows,
  enabled: name.length > 0,
  staleTime: 300_000,
  placeholderData: keepPreviousData,
});

/** A division found by a part of its name; the names above it tell apart those that are called the same. */
export function DivisionField({
  name = 'homeDivisionId',
  word,
  suggestions = [],
  level,
}: {
  name?: string;
  word: WordKey;
  suggestions?: readonly { readonly value: string; readonly label: string }[];
  level?: 'TOWNSHIP';
}) {
  const { say } = useWords();
  const required = useRequired();
  const { text, listOf } = useTyped();
  const query = useQuery(found(text, level));
  const options = text
    ? (query.data ?? []).map(({ divisionId, name: called, path }) => ({
        value: divisionId,
        label: path ? `${called}(${path})` : called,
      }))
    : suggestions;
  return (
    <Form.Item name={name} label={say(word)} rules={required(word)}>
      <Select
        {...listOf(query, text ? say('shell.none') : null)}
        placeholder={say('network.centerByStreet')}
        options={[...options]}
      />
    </Form.Item>
  );
}

/** A center, found by the street or town that it serves. */
export function CenterField({
  name,
  word,
  except,
  optional = false,
}: {
  name: string;
  word: WordKey;
  except: string;
  optional?: boolean;
}) {
  const { say } = useWords();
  const clear = useClear();
  const required = useRequired();
  const { text, listOf } = useTyped();
  const query = useQuery({
    queryKey: ['places', 'centers found', text],
    queryFn: async ({ signal }) => {
      const streets = answered(
        await api.GET('/api/divisions', { params: { query: { name: text, level: 'TOWNSHIP', limit: 8 } }, signal }),
      ).rows;
      const branches = await Promise.all(
        streets.map(async ({ divisionId, path }) => {
          const { data: branch } = await api.GET('/api/structure-tree', { params: { query: { divisionId } }, signal });
          return (branch?.children ?? []).filter(({ kind }) => kind === 'CENTER').map(center => ({ ...center, path }));
        }),
      );
      return branches.flat();
    },
    enabled: text.length > 0,
    placeholderData: keepPreviousData,
  });
  return (
    <Form.Item name={name} label={say(word)} {...(optional ? {} : { rules: required(word) })}>
      <Select
        allowClear={optional && clear}
        {...listOf(query, text ? say('shell.none') : null)}
        placeholder={say('network.centerByStreet')}
        options={(query.data ?? [])
          .filter(({ id }) => id !== except)
          .map(({ id, name: called, path }) => ({ value: id, label: `${called}(${path})` }))}
      />
    </Form.Item>
  );
}
