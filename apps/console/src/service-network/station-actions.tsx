import { useQuery } from '@tanstack/react-query';
import { Checkbox, Form, Select } from 'antd';
import { useMay } from '../access/me.ts';
import type { Card } from '../shell/api.ts';
import { ActionDialog } from '../shell/action-dialog.tsx';
import { ActionMenu, type MenuAction } from '../shell/action-menu.tsx';
import { useClear } from '../shell/clear.tsx';
import { ReasonField, ValueField } from '../shell/fields.tsx';
import { useWords } from '../shell/language.ts';
import { serviceFields, type ServiceField } from '../shell/values.ts';
import {
  closeServiceStation,
  moveStationToCenter,
  resumeServiceStation,
  setCoverage,
  setServiceFields,
  suspendServiceStation,
} from './commands.ts';
import { CenterField, CommunitiesField } from './pickers.tsx';
import { centerCard, type StationCard } from './queries.ts';

interface Closing {
  readonly reason: string;
  readonly successorId?: string;
  readonly volunteersFollow?: boolean;
  readonly communitiesFollow?: boolean;
}

function CloseStation({
  card: { stationId, centerId, volunteerCount, etag },
  close,
}: {
  card: Card<StationCard>;
  close: () => void;
}) {
  const { say } = useWords();
  const clear = useClear();
  const { data: center } = useQuery(centerCard(centerId));
  const others = (center?.stations ?? []).filter(station => station.stationId !== stationId && station.stage === 'OPEN');
  const nameOf = (id: string) => others.find(station => station.stationId === id)?.name ?? '';
  // Volunteers are moved or unlinked by themselves after the station has closed, so a rehearsal does not show it.
  const also = ({ successorId, volunteersFollow }: Partial<Closing>) =>
    volunteerCount === 0
      ? []
      : successorId && volunteersFollow
        ? [say('network.thenVolunteersMove', { count: volunteerCount, station: nameOf(successorId) })]
        : [say('network.thenLinksEnd', { count: volunteerCount })];
  return (
    <ActionDialog<Closing>
      name={`close ${stationId}`}
      open
      close={close}
      etag={etag}
      title={say('network.closeStation')}
      danger
      initial={{ volunteersFollow: true, communitiesFollow: true }}
      also={also}
      toCommand={({ reason, successorId, volunteersFollow = false, communitiesFollow = false }, how) =>
        reason
          ? closeServiceStation(
              stationId,
              { reason, ...(successorId ? { handOver: { successorId, volunteersFollow, communitiesFollow } } : {}) },
              how,
            )
          : undefined
      }
      fields={form => (
        <>
          <ReasonField />
          <Form.Item name="successorId" label={say('network.handOver')}>
            <Select
              allowClear={clear}
              placeholder={say('network.handOverNone')}
              options={others.map(station => ({ value: station.stationId, label: station.name }))}
            />
          </Form.Item>
          <Form.Item noStyle dependencies={['successorId']}>
            {() =>
              form.getFieldValue('successorId') ? (
                <div className="side-by-side">
                  <Form.Item name="volunteersFollow" valuePropName="checked">
                    <Checkbox>{say('network.volunteersFollow')}</Checkbox>
                  </Form.Item>
                  <Form.Item name="communitiesFollow" valuePropName="checked">
                    <Checkbox>{say('network.communitiesFollow')}</Checkbox>
                  </Form.Item>
                </div>
              ) : null
            }
          </Form.Item>
        </>
      )}
    />
  );
}

/** What changes a station as a whole, with the consequences said before. */
export function StationActions({ card }: { card: Card<StationCard> }) {
  const { say } = useWords();
  const { stationId, centerId, divisionId, stage, communities, serviceFields: fields, etag } = card;
  const mayStaff = useMay('centerStaff', 'registrar');
  const mayFields = useMay('centerStaff', 'registrar', 'stationWorker');
  if (stage === 'CLOSED') return null;
  const common = (key: string, close: () => void) => ({ name: `${key} ${stationId}`, open: true, close, etag });
  const ofFields: MenuAction = {
    key: 'fields',
    label: say('network.setFields'),
    dialog: close => (
      <ActionDialog<{ serviceFields: ServiceField[] }>
        {...common('fields', close)}
        title={say('network.setFields')}
        initial={{ serviceFields: fields as ServiceField[] }}
        toCommand={({ serviceFields: chosen = [] }, how) => setServiceFields(stationId, { serviceFields: chosen }, how)}
        fields={<ValueField name="serviceFields" word="network.fields" values={serviceFields} several optional />}
      />
    ),
  };
  const ofStaff: readonly MenuAction[] = [
    {
      key: 'coverage',
      label: say('network.setCoverage'),
      dialog: close => (
        <ActionDialog<{ communities: string[] }>
          {...common('coverage', close)}
          title={say('network.setCoverage')}
          initial={{ communities: communities.map(community => community.divisionId) }}
          toCommand={({ communities: chosen }, how) =>
            chosen?.length ? setCoverage(stationId, { communities: chosen }, how) : undefined
          }
          fields={<CommunitiesField divisionId={divisionId} />}
        />
      ),
    },
    stage === 'SUSPENDED'
      ? {
          key: 'resume',
          label: say('network.resumeStation'),
          dialog: close => (
            <ActionDialog<object>
              {...common('resume', close)}
              title={say('network.resumeStation')}
              toCommand={(_, how) => resumeServiceStation(stationId, how)}
            />
          ),
        }
      : {
          key: 'suspend',
          label: say('network.suspendStation'),
          danger: true,
          dialog: close => (
            <ActionDialog<{ reason: string }>
              {...common('suspend', close)}
              title={say('network.suspendStation')}
              danger
              toCommand={({ reason }, how) => (reason ? suspendServiceStation(stationId, { reason }, how) : undefined)}
              undo={() => resumeServiceStation(stationId)}
              fields={<ReasonField />}
            />
          ),
        },
    {
      key: 'move',
      label: say('network.moveStation'),
      dialog: close => (
        <ActionDialog<{ centerId: string }>
          {...common('move', close)}
          title={say('network.moveStation')}
          toCommand={({ centerId: next }, how) => (next ? moveStationToCenter(stationId, { centerId: next }, how) : undefined)}
          undo={() => moveStationToCenter(stationId, { centerId })}
          fields={<CenterField name="centerId" word="network.newCenter" except={centerId} />}
        />
      ),
    },
    {
      key: 'close',
      label: say('network.closeStation'),
      danger: true,
      dialog: close => <CloseStation card={card} close={close} />,
    },
  ];
  return <ActionMenu actions={[...(mayFields ? [ofFields] : []), ...(mayStaff ? ofStaff : [])]} />;
}
