import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { day } from '../shell/dates.ts';
import { HistoryButton } from '../shell/history-button.tsx';
import { joined, useWords } from '../shell/language.ts';
import { Empty, Loading, PageHead, Section, Unreadable } from '../shell/page.tsx';
import { Period } from '../shell/period.tsx';
import { PersonIdentity } from '../shell/person-identity.tsx';
import { volunteerCard } from './queries.ts';
import { VolunteerActions } from './volunteer-actions.tsx';
import { VolunteerStage } from './volunteer-stage.tsx';

const route = getRouteApi('/office/volunteers/$volunteerId');

/** A volunteer: who it is, as far as one may see; where and when the person served. */
export function VolunteerPage() {
  const { say, called } = useWords();
  const { volunteerId } = route.useParams();
  const { data: card, error, refetch } = useQuery(volunteerCard(volunteerId));
  if (error && !card) return <Unreadable error={error} retry={() => void refetch()} />;
  if (!card) return <Loading />;
  const list = (values: readonly string[]) => joined(values.map(value => called(value))) || '—';
  return (
    <>
      <PageHead
        above={<Link to="/volunteers">{say('shell.volunteers')}</Link>}
        title={card.name ?? '—'}
        beside={
          <>
            <VolunteerStage stage={card.stage} />
            {card.volunteerNo ? <span className="quiet number">{card.volunteerNo}</span> : null}
          </>
        }
        actions={
          <>
            <VolunteerActions card={card} />
            <HistoryButton subjectId={volunteerId} />
          </>
        }
      />
      <div className="columns">
        <Section title={say('volunteering.links')}>
          {card.links.length === 0 ? (
            <Empty>{say(card.stage === 'APPLIED' ? 'volunteering.acceptFirst' : 'volunteering.noLinks')}</Empty>
          ) : null}
          <ul className="plain people">
            {card.links.map(({ stationId, stationName, primary, because, from, until }) => (
              <li key={`${stationId} ${from}`}>
                <Link to="/stations/$stationId" params={{ stationId }}>
                  {stationName ?? '—'}
                </Link>
                <span className="quiet">
                  <Period from={from} until={until} />
                  {primary ? ` · ${say('network.primary')}` : ''}
                  {because ? ` · ${called(because)}` : ''}
                </span>
              </li>
            ))}
          </ul>
        </Section>
        <Section title={say('network.about')}>
          <dl className="facts section-body">
            <dt>{say('volunteering.home')}</dt>
            <dd>{card.homeDivisionName ?? '—'}</dd>
            <PersonIdentity card={card} />
            <dt>{say('volunteering.skill')}</dt>
            <dd>{list(card.skills)}</dd>
            <dt>{say('volunteering.fields')}</dt>
            <dd>{list(card.fields)}</dd>
            <dt>{say('volunteering.slots')}</dt>
            <dd>{list(card.availability)}</dd>
            <dt>{say('person.registeredOn')}</dt>
            <dd>{day(card.registeredOn)}</dd>
          </dl>
        </Section>
      </div>
    </>
  );
}
