import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { Button } from 'antd';
import { useMay } from '../access/me.ts';
import type { Card } from '../shell/api.ts';
import { day, number } from '../shell/dates.ts';
import { sendAndTell } from '../shell/feedback.tsx';
import { HistoryButton } from '../shell/history-button.tsx';
import { joined, useWords } from '../shell/language.ts';
import { Empty, Loading, PageHead, Section, Unreadable } from '../shell/page.tsx';
import { State } from '../shell/state.tsx';
import { linkVolunteer, unlinkVolunteer } from '../volunteering/commands.ts';
import { stationCard, type StationCard } from './queries.ts';
import { StationActions } from './station-actions.tsx';
import { StationWorker } from './station-worker.tsx';

const route = getRouteApi('/office/stations/$stationId');

function Linked({ card, mayLink }: { card: Card<StationCard>; mayLink: boolean }) {
  const { say } = useWords();
  const { stationId, centerId, name, volunteers, volunteerCount, stage } = card;
  const unlink = (volunteerId: string, person: string) =>
    void sendAndTell(unlinkVolunteer(person, name, volunteerId, { stationId, because: 'OTHER' }), () =>
      linkVolunteer(person, name, { volunteerId, stationId }),
    );
  const assign =
    mayLink && stage === 'OPEN' ? (
      <Link to="/centers/$centerId/assign" params={{ centerId }}>
        {say('network.assignVolunteers')}
      </Link>
    ) : null;
  return (
    <Section title={`${say('network.volunteers')} ${number(volunteerCount)}`} extra={volunteers.length > 0 ? assign : null}>
      {volunteers.length === 0 ? <Empty action={assign}>{say('network.noLinked')}</Empty> : null}
      <ul className="plain people">
        {volunteers.map(({ id, name: person, primary, since }) => (
          <li key={id}>
            <Link to="/volunteers/$volunteerId" params={{ volunteerId: id }}>
              {person}
            </Link>
            <span className="quiet">
              {say('period.since', { date: day(since) })}
              {primary ? ` · ${say('network.primary')}` : ''}
            </span>
            {mayLink ? (
              <Button size="small" onClick={() => unlink(id, person)} aria-label={`${say('network.unlink')} ${person}`}>
                {say('network.unlink')}
              </Button>
            ) : null}
          </li>
        ))}
      </ul>
      {volunteerCount > volunteers.length ? (
        <p className="quiet-note">
          {say('network.firstShown', { count: number(volunteerCount), shown: number(volunteers.length) })}{' '}
          <Link to="/overview" search={{ station: stationId }}>
            {say('network.allLinked')}
          </Link>
        </p>
      ) : null}
    </Section>
  );
}

/** A station: its worker, its volunteers, what it covers; everything that can be done to it. */
export function StationPage() {
  const { say, called } = useWords();
  const { stationId } = route.useParams();
  const { data: card, error, refetch } = useQuery(stationCard(stationId));
  const mayStaff = useMay('centerStaff', 'registrar');
  const mayLink = useMay('centerStaff', 'stationWorker');
  if (error && !card) return <Unreadable error={error} retry={() => void refetch()} />;
  if (!card) return <Loading />;
  return (
    <>
      <PageHead
        above={
          <>
            <Link to="/">{say('network.myPlaces')}</Link>
            <Link to="/places/$divisionId" params={{ divisionId: card.divisionId }}>
              {card.divisionName}
            </Link>
            <Link to="/centers/$centerId" params={{ centerId: card.centerId }}>
              {card.centerName}
            </Link>
          </>
        }
        title={card.name}
        beside={
          <State colour={card.colour}>
            {card.stage === 'CLOSED'
              ? called(card.stage, 'stationStage')
              : card.reasons.length > 0
                ? joined(card.reasons.map(reason => called(reason, 'reason')))
                : called(card.colour, 'colour')}
          </State>
        }
        actions={
          <>
            <StationActions card={card} />
            <HistoryButton subjectId={stationId} />
          </>
        }
      />
      <div className="columns">
        <Linked card={card} mayLink={mayLink} />
        <div>
          <StationWorker card={card} mayStaff={mayStaff} />
          <Section title={say('network.about')}>
            <dl className="facts section-body">
              <dt>{say('network.stage')}</dt>
              <dd>{called(card.stage, 'stationStage')}</dd>
              <dt>{say('network.communities')}</dt>
              <dd>{joined(card.communities.map(({ name }) => name)) || say('network.noCommunities')}</dd>
              <dt>{say('network.fields')}</dt>
              <dd>{joined(card.serviceFields.map(field => called(field))) || say('network.noFields')}</dd>
              <dt>{say('network.openedOn')}</dt>
              <dd>{day(card.openedOn)}</dd>
            </dl>
          </Section>
        </div>
      </div>
    </>
  );
}
