import { Form, Input } from 'antd';
import { useMay } from '../access/me.ts';
import type { Card } from '../shell/api.ts';
import { ActionDialog } from '../shell/action-dialog.tsx';
import { ActionMenu, type MenuAction } from '../shell/action-menu.tsx';
import { ReasonField, useRequired } from '../shell/fields.tsx';
import { useWords } from '../shell/language.ts';
import { correctIdentity, reinstateWorker, retireWorker, suspendWorker, updateContact } from './commands.ts';
import type { WorkerCard } from './queries.ts';

/** What can be done to a worker's record; stations that lose their worker by it are named before. */
export function WorkerActions({ card }: { card: Card<WorkerCard> }) {
  const { say } = useWords();
  const required = useRequired();
  const mayContact = useMay('centerStaff', 'registrar');
  const mayDecide = useMay('registrar');
  const { workerId, name, stage, postings, etag } = card;
  if (stage === 'RETIRED') return null;
  const common = (key: string, close: () => void) => ({ name: `${key} ${workerId}`, open: true, close, etag });
  const stations = postings.filter(({ until }) => until === null).map(({ stationName }) => stationName ?? '—');
  const also = () => stations.map(station => say('workforce.thenVacant', { station }));
  const contact: MenuAction = {
    key: 'contact',
    label: say('workforce.contact'),
    dialog: close => (
      <ActionDialog<{ phone: string }>
        {...common('contact', close)}
        title={say('workforce.contact')}
        datable={false}
        toCommand={({ phone }, { ifMatch }) =>
          phone && phone.length === 11 ? updateContact(workerId, { phone }, { ifMatch }) : undefined
        }
        fields={
          <Form.Item name="phone" label={say('person.phone')} rules={required('person.phone')}>
            <Input maxLength={11} inputMode="tel" autoComplete="off" autoFocus />
          </Form.Item>
        }
      />
    ),
  };
  const deciding: readonly MenuAction[] = [
    {
      key: 'correct',
      label: say('workforce.correct'),
      dialog: close => (
        <ActionDialog<{ name?: string; idNumber?: string }>
          {...common('correct', close)}
          title={say('workforce.correct')}
          initial={name ? { name } : {}}
          toCommand={({ name: next, idNumber }, how) =>
            next || idNumber
              ? correctIdentity(
                  workerId,
                  { ...(next && next !== name ? { name: next } : {}), ...(idNumber ? { idNumber } : {}) },
                  how,
                )
              : undefined
          }
          fields={
            <>
              <Form.Item name="name" label={say('person.name')}>
                <Input maxLength={60} autoComplete="off" autoFocus />
              </Form.Item>
              <Form.Item name="idNumber" label={say('person.idNumber')} extra={say('person.idNumberHint')}>
                <Input maxLength={18} autoComplete="off" placeholder={say('shell.optional')} />
              </Form.Item>
            </>
          }
        />
      ),
    },
    stage === 'SUSPENDED'
      ? {
          key: 'reinstate',
          label: say('workforce.reinstate'),
          dialog: close => (
            <ActionDialog<object>
              {...common('reinstate', close)}
              title={say('workforce.reinstate')}
              toCommand={(_, how) => reinstateWorker(workerId, how)}
            />
          ),
        }
      : {
          key: 'suspend',
          label: say('workforce.suspend'),
          danger: true,
          dialog: close => (
            <ActionDialog<{ reason: string }>
              {...common('suspend', close)}
              title={say('workforce.suspend')}
              danger
              also={also}
              toCommand={({ reason }, how) => (reason ? suspendWorker(workerId, { reason }, how) : undefined)}
              fields={<ReasonField />}
            />
          ),
        },
    {
      key: 'retire',
      label: say('workforce.retire'),
      danger: true,
      dialog: close => (
        <ActionDialog<object>
          {...common('retire', close)}
          title={say('workforce.retire')}
          danger
          also={also}
          toCommand={(_, how) => retireWorker(workerId, how)}
        />
      ),
    },
  ];
  return <ActionMenu actions={[...(mayContact ? [contact] : []), ...(mayDecide ? deciding : [])]} />;
}
