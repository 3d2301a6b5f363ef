import { Checkbox, Form, Input } from 'antd';
import { useState } from 'react';
import { ActionButton } from '../shell/action-dialog.tsx';
import { useRequired, ValueField } from '../shell/fields.tsx';
import { useWords } from '../shell/language.ts';
import type { BodyOf } from '../shell/command.ts';
import { operatingModels } from '../shell/values.ts';
import { establishServiceCenter } from './commands.ts';

type Entered = Pick<BodyOf<'/api/service-centers'>, 'name' | 'operatingModel' | 'evenIfNotRequired'>;

export function EstablishCenter({ divisionId, divisionName }: { divisionId: string; divisionName: string }) {
  const { say } = useWords();
  const required = useRequired();
  const [centerId] = useState(() => crypto.randomUUID());
  return (
    <ActionButton<Entered>
      name={`establish ${divisionId}`}
      title={say('network.establish')}
      buttonProps={{ type: 'primary' }}
      initial={{ name: `${divisionName}社工服务中心`, operatingModel: 'GOV_PURCHASED' }}
      toCommand={({ name, operatingModel, evenIfNotRequired }, how) =>
        name
          ? establishServiceCenter(
              {
                centerId,
                divisionId,
                name,
                ...(operatingModel ? { operatingModel } : {}),
                ...(evenIfNotRequired ? { evenIfNotRequired } : {}),
              },
              how,
            )
          : undefined
      }
      fields={
        <>
          <Form.Item name="name" label={say('network.name')} rules={required('network.name')}>
            <Input maxLength={60} autoFocus />
          </Form.Item>
          <ValueField name="operatingModel" word="network.model" values={operatingModels} />
          <Form.Item name="evenIfNotRequired" valuePropName="checked">
            <Checkbox>{say('network.evenIfNotRequired')}</Checkbox>
          </Form.Item>
        </>
      }
    />
  );
}
