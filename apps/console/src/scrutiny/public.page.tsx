import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Alert, Button, Form, Input } from 'antd';
import { useState } from 'react';
import { answered, api } from '../shell/api.ts';
import { useRequired } from '../shell/fields.tsx';
import { joined, useWords } from '../shell/language.ts';
import { PageHead, Section } from '../shell/page.tsx';
import { PersonForm } from '../shell/person-form.tsx';
import { Refused } from '../shell/problem.ts';
import { LanguageSwitch } from '../shell/shell.tsx';
import { useSlowly } from '../shell/use-slowly.ts';
import { registerVolunteer } from '../volunteering/commands.ts';
import type { Applicant } from '../volunteering/new-volunteer.page.tsx';
import { VolunteerFields } from '../volunteering/volunteer-fields.tsx';

type Asked = { readonly name: string; readonly certificateNumber: string };

/** The server's own sentence, also when somebody asks too often. */
function Sorry({ error }: { error: Error }) {
  const { say } = useWords();
  return (
    <Alert type="error" showIcon role="alert" title={error instanceof Refused ? error.message : say('shell.noConnection')} />
  );
}

function WorkerCheck() {
  const { say, called } = useWords();
  const required = useRequired();
  const [asked, setAsked] = useState<Asked>();
  const { data, error, isFetching } = useQuery({
    queryKey: ['public', 'worker', asked],
    queryFn: async ({ signal }) =>
      asked ? answered(await api.GET('/api/public/worker-check', { params: { query: asked }, signal })) : undefined,
    enabled: asked !== undefined,
  });
  return (
    <Section title={say('public.check')}>
      <div className="section-body">
        <p className="quiet spaced">{say('public.checkHint')}</p>
        <Form<Asked> name="check" layout="vertical" requiredMark={false} onFinish={setAsked}>
          <div className="side-by-side">
            <Form.Item name="name" label={say('person.name')} rules={required('person.name')}>
              <Input maxLength={60} autoComplete="off" />
            </Form.Item>
            <Form.Item name="certificateNumber" label={say('public.number')} rules={required('public.number')}>
              <Input maxLength={40} autoComplete="off" />
            </Form.Item>
          </div>
          <Button htmlType="submit" type="primary" loading={isFetching} className="spaced">
            {say('public.ask')}
          </Button>
        </Form>
        {error ? <Sorry error={error} /> : null}
        {data && !error ? (
          <Alert
            type={data.registered ? 'success' : 'warning'}
            showIcon
            role="status"
            title={
              data.registered
                ? say('public.yes', { level: called(data.level ?? data.status) }) +
                  (data.validity === 'LAPSED' ? say('public.lapsed') : '')
                : say('public.no')
            }
          />
        ) : null}
      </div>
    </Section>
  );
}

function FindPlace() {
  const { say, called } = useWords();
  const [text, setText] = useState('');
  const name = useSlowly(text.trim());
  const { data, error } = useQuery({
    queryKey: ['public', 'place', name],
    queryFn: async ({ signal }) =>
      answered(await api.GET('/api/public/center-of-community', { params: { query: { q: name, limit: 10 } }, signal })).rows,
    enabled: name.length > 0,
    placeholderData: keepPreviousData,
  });
  return (
    <Section title={say('public.find')}>
      <div className="section-body">
        <p className="quiet spaced">{say('public.findHint')}</p>
        <Input
          value={text}
          type="search"
          onChange={event => setText(event.target.value)}
          aria-label={say('public.placeName')}
          placeholder={say('public.placeName')}
        />
      </div>
      {name && error ? <Sorry error={error} /> : null}
      {name && !error && data?.length === 0 ? <p className="quiet-note">{say('public.noPlace')}</p> : null}
      <ul className="plain people">
        {name
          ? data?.map(({ divisionId, name: place, path, center, station, level }) => (
              <li key={divisionId} className="served">
                <span>{place}</span>
                <span className="quiet">{path}</span>
                <span className="served-by">
                  {center ? (
                    <>
                      {center.name}
                      {center.stage === 'ACTIVE' ? '' : `(${called(center.stage, 'centerStage')})`}
                    </>
                  ) : (
                    <span className="quiet">{say('public.noCenterYet')}</span>
                  )}
                  {station ? (
                    <span>
                      {' › '}
                      {station.name}
                      {station.stage === 'OPEN' ? '' : `(${called(station.stage, 'stationStage')})`}
                      <span className="quiet"> {joined(station.serviceFields.map(field => called(field)))}</span>
                    </span>
                  ) : null}
                  {center && !station && level === 'COMMUNITY' ? (
                    <span className="quiet"> · {say('public.noStationYet')}</span>
                  ) : null}
                </span>
              </li>
            ))
          : null}
      </ul>
    </Section>
  );
}

function Apply() {
  const { say } = useWords();
  const [volunteerId, setVolunteerId] = useState(() => crypto.randomUUID());
  const [applied, setApplied] = useState(false);
  return (
    <Section title={say('public.volunteer')}>
      <div className="section-body">
        {applied ? <Alert type="success" showIcon role="status" title={say('public.applied')} className="spaced" /> : null}
        <p className="quiet spaced">{say('public.volunteerHint')}</p>
        <PersonForm<Applicant>
          draft="public application"
          confirm={say('public.apply')}
          toCommand={values => registerVolunteer({ volunteerId, ...values })}
          done={() => {
            setApplied(true);
            setVolunteerId(crypto.randomUUID());
          }}
        >
          <VolunteerFields />
        </PersonForm>
      </div>
    </Section>
  );
}

/** What anybody may ask without an account: whether a worker is registered, what a place belongs to, and to be a volunteer. */
export function PublicPage() {
  const { say } = useWords();
  return (
    <div className="public">
      <header className="shell-top">
        <Link to="/public" className="brand" aria-label={say('shell.name')}>
          <span className="brand-mark" aria-hidden />
          <span>{say('shell.name')}</span>
        </Link>
        <div className="shell-state">
          <LanguageSwitch />
          <Link to="/sign-in">{say('access.signIn')}</Link>
        </div>
      </header>
      <main id="content">
        <PageHead title={say('public.title')} beside={<span className="quiet">{say('public.intro')}</span>} />
        <WorkerCheck />
        <FindPlace />
        <Apply />
      </main>
    </div>
  );
}
