import { Form, Input } from 'antd';
import { useState } from 'react';
import { ActionButton } from '../shell/action-dialog.tsx';
import type { BodyOf } from '../shell/command.ts';
import { useRequired, ValueField } from '../shell/fields.tsx';
import { useWords } from '../shell/language.ts';
import { serviceFields } from '../shell/values.ts';
import { openServiceStation } from './commands.ts';
import { CommunitiesField } from './pickers.tsx';
import type { CenterCard } from './queries.ts';

type Entered = Pick<BodyOf<'/api/service-stations'>, 'name' | 'communities' | 'serviceFields'>;

export function OpenStation({ card: { centerId, divisionId } }: { card: CenterCard }) {
  const { say } = useWords();
  const required = useRequired();
  const [stationId, setStationId] = useState(() => crypto.randomUUID());
  return (
    <ActionButton<Entered>
      name={`open station ${centerId}`}
      title={say('network.openStation')}
      toCommand={({ name, communities, serviceFields: fields }, how) =>
        name && communities?.length
          ? openServiceStation(
              { stationId, centerId, name, communities, ...(fields?.length ? { serviceFields: fields } : {}) },
              how,
            )
          : undefined
      }
      done={() => setStationId(crypto.randomUUID())}
      fields={
        <>
          <Form.Item name="name" label={say('network.name')} rules={required('network.name')}>
            <Input maxLength={60} autoFocus />
          </Form.Item>
          <CommunitiesField divisionId={divisionId} />
          <ValueField name="serviceFields" word="network.fields" values={serviceFields} several optional />
        </>
      }
    />
  );
}
