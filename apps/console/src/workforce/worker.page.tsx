import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { day } from '../shell/dates.ts';
import { joined, useWords } from '../shell/language.ts';
import { LinkButton } from '../shell/link-button.tsx';
import { Empty, Loading, PageHead, Section, Unreadable } from '../shell/page.tsx';
import { workerCard } from './queries.ts';
import { WorkerActions } from './worker-actions.tsx';
import { WorkerCertificates } from './worker-certificates.tsx';
import { WorkerStage } from './worker-stage.tsx';

const route = getRouteApi('/office/workers/$workerId');

/** A social worker: the record, the certificates, and where and when in charge. */
export function WorkerPage() {
  const { say, called } = useWords();
  const { workerId } = route.useParams();
  const { data: card, error, refetch } = useQuery(workerCard(workerId));
  if (error && !card) return <Unreadable error={error} retry={() => void refetch()} />;
  if (!card) return <Loading />;
  return (
    <>
      <PageHead
        above={<Link to="/workers">{say('shell.workers')}</Link>}
        title={card.name ?? '—'}
        beside={<WorkerStage stage={card.stage} />}
        actions={
          <>
            <WorkerActions card={card} />
            <LinkButton to="/history/$subjectId" params={{ subjectId: workerId }}>
              {say('shell.history')}
            </LinkButton>
          </>
        }
      />
      <div className="columns">
        <div>
          <Section title={say('workforce.postings')}>
            {card.postings.length === 0 ? <Empty>{say('workforce.noPostings')}</Empty> : null}
            <ul className="plain people">
              {card.postings.map(({ stationId, stationName, kind, from, until, plannedUntil }) => (
                <li key={`${stationId} ${from} ${kind}`}>
                  <Link to="/stations/$stationId" params={{ stationId }}>
                    {stationName ?? '—'}
                  </Link>
                  <span className="quiet">
                    {called(kind, 'posting')}
                    {' · '}
                    {(until ?? plannedUntil)
                      ? say('volunteering.period', { from: day(from), until: day(until ?? plannedUntil) })
                      : say('network.since', { date: day(from) })}
                  </span>
                </li>
              ))}
            </ul>
          </Section>
          <WorkerCertificates card={card} />
        </div>
        <Section title={say('network.about')}>
          <dl className="facts section-body">
            <dt>{say('workforce.status')}</dt>
            <dd>{called(card.status)}</dd>
            <dt>{say('workforce.level')}</dt>
            <dd>{called(card.level)}</dd>
            <dt>{say('workforce.specialisms')}</dt>
            <dd>{joined(card.specialisms.map(value => called(value))) || '—'}</dd>
            <dt>{say('workforce.home')}</dt>
            <dd>{card.homeDivisionName ?? '—'}</dd>
            <dt>{say('volunteering.phone')}</dt>
            <dd className="number">{card.phone ?? '—'}</dd>
            <dt>{say('volunteering.idNumber')}</dt>
            <dd className="number">{card.idNumber ?? '—'}</dd>
            <dt>{say('volunteering.birthYear')}</dt>
            <dd className="number">{card.birthYear ?? '—'}</dd>
            <dt>{say('volunteering.registeredOn')}</dt>
            <dd>{day(card.registeredOn)}</dd>
          </dl>
        </Section>
      </div>
    </>
  );
}
