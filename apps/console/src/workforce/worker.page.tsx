import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { day } from '../shell/dates.ts';
import { HistoryButton } from '../shell/history-button.tsx';
import { joined, useWords } from '../shell/language.ts';
import { Empty, Loading, PageHead, Section, Unreadable } from '../shell/page.tsx';
import { Period } from '../shell/period.tsx';
import { PersonIdentity } from '../shell/person-identity.tsx';
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
            <HistoryButton subjectId={workerId} />
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
                    <Period from={from} until={until ?? plannedUntil} />
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
            <PersonIdentity card={card} />
            <dt>{say('person.registeredOn')}</dt>
            <dd>{day(card.registeredOn)}</dd>
          </dl>
        </Section>
      </div>
    </>
  );
}
