import { DatePicker, Form, Input } from 'antd';
import dayjs, { type Dayjs } from 'dayjs';
import { useState } from 'react';
import { useMay } from '../access/me.ts';
import { ActionButton } from '../shell/action-dialog.tsx';
import type { BodyOf } from '../shell/command.ts';
import { day } from '../shell/dates.ts';
import { useRequired, ValueField } from '../shell/fields.tsx';
import { useWords } from '../shell/language.ts';
import { Empty, Section } from '../shell/page.tsx';
import { State, type Colour } from '../shell/state.tsx';
import { levels } from '../shell/values.ts';
import { recordCertificate, verifyCertificate } from './commands.ts';
import type { WorkerCard } from './queries.ts';

const colours: Readonly<Record<string, Colour>> = { VERIFIED: 'green', RECORDED: 'amber' };
const outcomes = ['CONFIRMED', 'REJECTED'] as const;

interface Entered {
  readonly level: BodyOf<'/api/certificates'>['level'];
  readonly number: string;
  readonly passedOn: Dayjs;
  readonly reviewedOn?: Dayjs | null;
  readonly issuedBy?: string;
}

function RecordCertificate({ workerId }: { workerId: string }) {
  const { say } = useWords();
  const required = useRequired();
  const [certificateId, setCertificateId] = useState(() => crypto.randomUUID());
  const past = (date: Dayjs) => date.isAfter(dayjs(), 'day');
  return (
    <ActionButton<Entered>
      name={`certificate ${workerId}`}
      title={say('workforce.recordCertificate')}
      buttonProps={{ size: 'small' }}
      datable={false}
      done={() => setCertificateId(crypto.randomUUID())}
      toCommand={({ level, number, passedOn, reviewedOn, issuedBy }) =>
        level && number && passedOn
          ? recordCertificate({
              certificateId,
              workerId,
              level,
              number,
              passedOn: passedOn.format('YYYY-MM-DD'),
              ...(reviewedOn ? { reviewedOn: reviewedOn.format('YYYY-MM-DD') } : {}),
              ...(issuedBy ? { issuedBy } : {}),
            })
          : undefined
      }
      fields={
        <>
          <ValueField name="level" word="workforce.level" values={levels} />
          <Form.Item name="number" label={say('workforce.number')} rules={required('workforce.number')}>
            <Input maxLength={40} autoComplete="off" />
          </Form.Item>
          <div className="side-by-side">
            <Form.Item name="passedOn" label={say('workforce.passedOn')} rules={required('workforce.passedOn')}>
              <DatePicker disabledDate={past} />
            </Form.Item>
            <Form.Item name="reviewedOn" label={say('workforce.reviewedOn')}>
              <DatePicker disabledDate={past} />
            </Form.Item>
          </div>
          <Form.Item name="issuedBy" label={say('workforce.issuedBy')}>
            <Input maxLength={60} placeholder={say('shell.optional')} />
          </Form.Item>
        </>
      }
    />
  );
}

/** Certificates as recorded, and whether each was found genuine. */
export function WorkerCertificates({ card: { workerId, certificates, stage } }: { card: WorkerCard }) {
  const { say, called } = useWords();
  const mayRecord = useMay('centerStaff', 'registrar');
  const mayVerify = useMay('registrar');
  return (
    <Section
      title={say('workforce.certificates')}
      extra={mayRecord && stage !== 'RETIRED' ? <RecordCertificate workerId={workerId} /> : null}
    >
      {certificates.length === 0 ? <Empty>{say('workforce.noCertificates')}</Empty> : null}
      <ul className="plain people">
        {certificates.map(({ certificateId, level, number, passedOn, issuedBy, stage: at }) => (
          <li key={certificateId}>
            <span>{called(level)}</span>
            <State colour={colours[at] ?? 'grey'}>{called(at, 'certificateStage')}</State>
            <span className="quiet">{[number, day(passedOn), issuedBy].filter(Boolean).join(' · ')}</span>
            {mayVerify && at === 'RECORDED' ? (
              <ActionButton<{ outcome: (typeof outcomes)[number] }>
                name={`verify ${certificateId}`}
                title={say('workforce.verify')}
                buttonProps={{ size: 'small' }}
                initial={{ outcome: 'CONFIRMED' }}
                toCommand={({ outcome }, how) => (outcome ? verifyCertificate(certificateId, { outcome }, how) : undefined)}
                fields={<ValueField name="outcome" word="workforce.outcome" values={outcomes} kind="outcome" />}
              />
            ) : null}
          </li>
        ))}
      </ul>
    </Section>
  );
}
