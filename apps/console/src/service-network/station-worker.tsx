import { Link } from '@tanstack/react-router';
import { DatePicker, Form } from 'antd';
import dayjs, { type Dayjs } from 'dayjs';
import type { Card } from '../shell/api.ts';
import { ActionButton } from '../shell/action-dialog.tsx';
import type { BodyOf } from '../shell/command.ts';
import { day } from '../shell/dates.ts';
import { useRequired, ValueField } from '../shell/fields.tsx';
import { useWords } from '../shell/language.ts';
import { Empty, Section } from '../shell/page.tsx';
import { relievingReasons } from '../shell/values.ts';
import { WorkerField } from '../workforce/worker-picker.tsx';
import { appointActingWorker, assignSocialWorker, relieveSocialWorker, replaceSocialWorker } from './commands.ts';
import type { StationCard } from './queries.ts';

type Because = BodyOf<'/api/service-stations/{stationId}/relieve-social-worker'>['because'];
const longestActing = 90;

function ActingFields() {
  const { say } = useWords();
  const required = useRequired();
  return (
    <>
      <WorkerField free={false} />
      <Form.Item name="until" label={say('network.until')} rules={required('network.until')}>
        <DatePicker
          disabledDate={date => !date.isAfter(dayjs(), 'day') || date.isAfter(dayjs().add(longestActing, 'day'), 'day')}
        />
      </Form.Item>
    </>
  );
}

/** One station, one worker: who it is, and how that changes. */
export function StationWorker({ card, mayStaff }: { card: Card<StationCard>; mayStaff: boolean }) {
  const { say } = useWords();
  const { stationId, worker, actingWorker, actingUntil, stage, etag } = card;
  const open = mayStaff && stage !== 'CLOSED';
  return (
    <Section title={say('network.worker')}>
      {worker || actingWorker ? (
        <div className="section-body">
          <p className="person-line">
            <Link to="/workers/$workerId" params={{ workerId: (worker ?? actingWorker)!.id }}>
              {worker ? worker.name : say('network.actingUntil', { name: actingWorker!.name, until: day(actingUntil) })}
            </Link>
          </p>
        </div>
      ) : (
        <Empty>{say('network.vacantHint')}</Empty>
      )}
      {open ? (
        <div className="section-foot">
          {worker ? (
            <>
              <ActionButton<{ workerId: string }>
                name={`replace ${stationId}`}
                title={say('network.replaceWorker')}
                etag={etag}
                toCommand={({ workerId }, how) => (workerId ? replaceSocialWorker(stationId, { workerId }, how) : undefined)}
                undo={() => replaceSocialWorker(stationId, { workerId: worker.id })}
                fields={<WorkerField except={worker.id} />}
              />
              <ActionButton<{ because: Because }>
                name={`relieve ${stationId}`}
                title={say('network.relieveWorker')}
                danger
                etag={etag}
                toCommand={({ because }, how) =>
                  because ? relieveSocialWorker(stationId, { because, workerId: worker.id }, how) : undefined
                }
                undo={() => assignSocialWorker(stationId, { workerId: worker.id })}
                fields={<ValueField name="because" word="network.because" values={relievingReasons} />}
              />
            </>
          ) : (
            <>
              <ActionButton<{ workerId: string }>
                name={`assign ${stationId}`}
                title={say('network.assignWorker')}
                buttonProps={{ type: 'primary' }}
                etag={etag}
                toCommand={({ workerId }, how) => (workerId ? assignSocialWorker(stationId, { workerId }, how) : undefined)}
                undo={({ workerId }) => relieveSocialWorker(stationId, { workerId, because: 'OTHER' })}
                fields={<WorkerField />}
              />
              {actingWorker ? null : (
                <ActionButton<{ workerId: string; until: Dayjs }>
                  name={`acting ${stationId}`}
                  title={say('network.appointActing')}
                  etag={etag}
                  toCommand={({ workerId, until }, how) =>
                    workerId && until
                      ? appointActingWorker(stationId, { workerId, until: until.format('YYYY-MM-DD') }, how)
                      : undefined
                  }
                  fields={<ActingFields />}
                />
              )}
            </>
          )}
        </div>
      ) : null}
    </Section>
  );
}
