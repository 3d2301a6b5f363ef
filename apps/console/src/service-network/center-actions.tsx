import { Form, Input } from 'antd';
import { useMay } from '../access/me.ts';
import type { Card } from '../shell/api.ts';
import { ActionDialog } from '../shell/action-dialog.tsx';
import { ActionMenu, type MenuAction } from '../shell/action-menu.tsx';
import type { BodyOf } from '../shell/command.ts';
import { ReasonField, useRequired, ValueField } from '../shell/fields.tsx';
import { useWords } from '../shell/language.ts';
import { operatingModels } from '../shell/values.ts';
import {
  closeServiceCenter,
  mergeServiceCenter,
  reassignServiceCenter,
  renameServiceCenter,
  resumeServiceCenter,
  setOperatingModel,
  suspendServiceCenter,
} from './commands.ts';
import { CenterField, DivisionField } from './pickers.tsx';
import type { CenterCard } from './queries.ts';

type Model = BodyOf<'/api/service-centers/{centerId}/set-operating-model'>;

/** What is seldom done to a center; what the role may not do is not offered, and what the office refuses is said beforehand. */
export function CenterActions({ card: { centerId, name, stage, operatingModel, etag } }: { card: Card<CenterCard> }) {
  const { say } = useWords();
  const required = useRequired();
  const mayName = useMay('registrar', 'oversight', 'centerStaff');
  const mayDecide = useMay('registrar', 'oversight');
  if (stage === 'CLOSED') return null;
  const common = (key: string, close: () => void) => ({ name: `${key} ${centerId}`, open: true, close, etag });

  const naming: readonly MenuAction[] = [
    {
      key: 'rename',
      label: say('network.rename'),
      dialog: close => (
        <ActionDialog<{ name: string }>
          {...common('rename', close)}
          title={say('network.rename')}
          initial={{ name }}
          toCommand={({ name: next }, how) => (next ? renameServiceCenter(centerId, { name: next }, how) : undefined)}
          fields={
            <Form.Item name="name" label={say('network.name')} rules={required('network.name')}>
              <Input maxLength={60} autoFocus />
            </Form.Item>
          }
        />
      ),
    },
    {
      key: 'model',
      label: say('network.setModel'),
      dialog: close => (
        <ActionDialog<Model>
          {...common('model', close)}
          title={say('network.setModel')}
          initial={operatingModel ? { operatingModel: operatingModel as Model['operatingModel'] } : {}}
          toCommand={({ operatingModel: model }, how) =>
            model ? setOperatingModel(centerId, { operatingModel: model }, how) : undefined
          }
          fields={<ValueField name="operatingModel" word="network.model" values={operatingModels} />}
        />
      ),
    },
  ];
  const deciding: readonly MenuAction[] = [
    stage === 'SUSPENDED'
      ? {
          key: 'resume',
          label: say('network.resumeCenter'),
          dialog: close => (
            <ActionDialog<object>
              {...common('resume', close)}
              title={say('network.resumeCenter')}
              toCommand={(_, how) => resumeServiceCenter(centerId, how)}
            />
          ),
        }
      : {
          key: 'suspend',
          label: say('network.suspendCenter'),
          danger: true,
          dialog: close => (
            <ActionDialog<{ reason: string }>
              {...common('suspend', close)}
              title={say('network.suspendCenter')}
              danger
              toCommand={({ reason }, how) => (reason ? suspendServiceCenter(centerId, { reason }, how) : undefined)}
              fields={<ReasonField />}
            />
          ),
        },
    {
      key: 'reassign',
      label: say('network.reassignCenter'),
      dialog: close => (
        <ActionDialog<{ divisionId: string }>
          {...common('reassign', close)}
          title={say('network.reassignCenter')}
          toCommand={({ divisionId }, how) => (divisionId ? reassignServiceCenter(centerId, { divisionId }, how) : undefined)}
          fields={<DivisionField name="divisionId" word="network.newStreet" level="TOWNSHIP" />}
        />
      ),
    },
    {
      key: 'merge',
      label: say('network.mergeCenter'),
      danger: true,
      dialog: close => (
        <ActionDialog<{ successorId: string }>
          {...common('merge', close)}
          title={say('network.mergeCenter')}
          danger
          toCommand={({ successorId }, how) => (successorId ? mergeServiceCenter(centerId, { successorId }, how) : undefined)}
          fields={<CenterField name="successorId" word="network.successorCenter" except={centerId} />}
        />
      ),
    },
    {
      key: 'close',
      label: say('network.closeCenter'),
      danger: true,
      dialog: close => (
        <ActionDialog<{ reason: string; successorId?: string }>
          {...common('close', close)}
          title={say('network.closeCenter')}
          danger
          toCommand={({ reason, successorId }, how) =>
            reason ? closeServiceCenter(centerId, { reason, ...(successorId ? { successorId } : {}) }, how) : undefined
          }
          fields={
            <>
              <ReasonField />
              <CenterField name="successorId" word="network.successorCenter" except={centerId} optional />
            </>
          }
        />
      ),
    },
  ];
  return <ActionMenu actions={[...(mayName ? naming : []), ...(mayDecide ? deciding : [])]} />;
}
