import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { SearchOutlined } from '@ant-design/icons';
import { AutoComplete, Button, Input } from 'antd';
import { useState } from 'react';
import { answered, api } from './api.ts';
import { useClear } from './clear.tsx';
import { called, say, useWords } from './language.ts';
import { useSlowly } from './use-slowly.ts';

const each = 6;

async function find(q: string, signal: AbortSignal) {
  const query = { q, limit: each };
  const [workers, volunteers] = await Promise.all([
    api.GET('/api/social-workers', { params: { query }, signal }),
    api.GET('/api/volunteers', { params: { query }, signal }),
  ]);
  return { workers: answered(workers).rows, volunteers: answered(volunteers).rows };
}

/** Finds a person from any page: by name, pinyin initials, or the end of the phone number. */
export function QuickSearch() {
  const words = useWords();
  const clear = useClear();
  const navigate = useNavigate();
  const [text, setText] = useState('');
  const q = useSlowly(text.trim());
  const { data } = useQuery({
    queryKey: ['workers', 'quick', q],
    queryFn: ({ signal }) => find(q, signal),
    enabled: q.length > 0,
  });
  const groups = [
    {
      label: say('shell.workers'),
      options: (data?.workers ?? []).map(({ workerId, name, stationName, stage }) => ({
        value: `worker ${workerId}`,
        label: `${name ?? '—'} · ${stationName ?? called(stage, 'workerStage')}`,
      })),
    },
    {
      label: say('shell.volunteers'),
      options: (data?.volunteers ?? []).map(({ volunteerId, name, primaryStationName, stage }) => ({
        value: `volunteer ${volunteerId}`,
        label: `${name ?? '—'} · ${primaryStationName ?? called(stage, 'volunteerStage')}`,
      })),
    },
  ].filter(({ options }) => options.length > 0);
  const go = (value: string) => {
    const [kind, id = ''] = value.split(' ');
    setText('');
    void (kind === 'worker'
      ? navigate({ to: '/workers/$workerId', params: { workerId: id } })
      : navigate({ to: '/volunteers/$volunteerId', params: { volunteerId: id } }));
  };
  return (
    <AutoComplete
      className="quick-search"
      value={text}
      options={q ? groups : []}
      onChange={value => setText(/^(worker|volunteer) [0-9a-f-]{36}$/.test(value) ? '' : value)}
      onSelect={go}
      notFoundContent={q && data ? words.say('shell.none') : null}
    >
      <Input.Search
        allowClear={clear}
        placeholder={words.say('person.searchHint')}
        aria-label={words.say('shell.findPerson')}
        enterButton={<Button icon={<SearchOutlined aria-hidden />} aria-label={words.say('shell.find')} />}
      />
    </AutoComplete>
  );
}
