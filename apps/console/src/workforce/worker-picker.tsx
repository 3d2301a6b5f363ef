import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { Form, Select } from 'antd';
import { useRequired } from '../shell/fields.tsx';
import { useWords } from '../shell/language.ts';
import { useTyped } from '../shell/use-typed.ts';
import { workerRegister } from './queries.ts';

/** Finds a worker who may be posted; the server searches by name, pinyin initials and end of the phone number. */
export function WorkerField({ free = true, except }: { free?: boolean; except?: string | undefined }) {
  const { say, called } = useWords();
  const required = useRequired();
  const { text: q, listOf } = useTyped();
  const filter = { stage: 'ACTIVE', ...(free ? { posted: false } : {}), ...(q ? { q } : {}) } as const;
  const query = useInfiniteQuery({ ...workerRegister(filter, 20), placeholderData: keepPreviousData });
  const rows = query.data?.pages[0]?.rows ?? [];
  return (
    <Form.Item name="workerId" label={say('network.whichWorker')} rules={required('network.worker')}>
      <Select
        {...listOf(query, say('network.noWorkerFound'))}
        placeholder={say('shell.choose')}
        options={rows
          .filter(({ workerId }) => workerId !== except)
          .map(({ workerId, name, level, status, homeDivisionName }) => ({
            value: workerId,
            label: `${name ?? '—'} · ${called(level ?? status)}${homeDivisionName ? ` · ${homeDivisionName}` : ''}`,
          }))}
      />
    </Form.Item>
  );
}
