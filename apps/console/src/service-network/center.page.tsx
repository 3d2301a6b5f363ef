import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useMay } from '../access/me.ts';
import { day, number } from '../shell/dates.ts';
import { HistoryButton } from '../shell/history-button.tsx';
import { joined, useWords } from '../shell/language.ts';
import { LinkButton } from '../shell/link-button.tsx';
import { Empty, Loading, PageHead, Section, Unreadable } from '../shell/page.tsx';
import { TakeSheet } from '../sheets/take-sheet.tsx';
import { State } from '../shell/state.tsx';
import { CenterActions } from './center-actions.tsx';
import { CenterTodos } from './center-todos.tsx';
import { OpenStation } from './open-station.tsx';
import { centerCard, type StationGlance } from './queries.ts';

const route = getRouteApi('/office/centers/$centerId');

function StationRow({ station: { stationId, name, stage, worker, volunteers, colour, reasons } }: { station: StationGlance }) {
  const { say, called } = useWords();
  return (
    <tr>
      <td>
        <Link to="/stations/$stationId" params={{ stationId }}>
          {name}
        </Link>
        {stage === 'OPEN' ? null : <span className="quiet"> {called(stage, 'stationStage')}</span>}
      </td>
      <td data-label={say('network.worker')}>
        {worker ? (
          <Link to="/workers/$workerId" params={{ workerId: worker.id }}>
            {worker.name}
          </Link>
        ) : (
          <span className="quiet">{say('network.vacant')}</span>
        )}
      </td>
      <td data-label={say('network.volunteers')} className="right number">
        {number(volunteers)}
      </td>
      <td data-label={say('network.state')}>
        <span>
          <State colour={colour}>{called(colour, 'colour')}</State>
          {reasons.length > 0 ? <span className="reasons">{joined(reasons.map(reason => called(reason, 'reason')))}</span> : null}
        </span>
      </td>
    </tr>
  );
}

/** A center at a glance: its stations, who leads each, how many help, what is red and why, and what to do first. */
export function CenterPage() {
  const { say, called } = useWords();
  const { centerId } = route.useParams();
  const { data: card, error, refetch } = useQuery(centerCard(centerId));
  const mayStaff = useMay('centerStaff', 'registrar');
  const mayTake = useMay('centerStaff', 'registrar', 'oversight');
  const mayLink = useMay('centerStaff', 'stationWorker');
  if (error && !card) return <Unreadable error={error} retry={() => void refetch()} />;
  if (!card) return <Loading />;
  const { stations } = card;
  const open = card.stage !== 'CLOSED';
  return (
    <>
      <PageHead
        above={
          <>
            <Link to="/">{say('network.myPlaces')}</Link>
            <Link to="/places/$divisionId" params={{ divisionId: card.divisionId }}>
              {card.divisionName}
            </Link>
          </>
        }
        title={card.name}
        beside={
          <State colour={card.colour}>
            {card.stage === 'ACTIVE' ? called(card.colour, 'colour') : called(card.stage, 'centerStage')}
          </State>
        }
        actions={
          <>
            {open && mayLink && stations.length > 0 ? (
              <LinkButton to="/centers/$centerId/assign" params={{ centerId }} variant="solid" color="primary">
                {say('network.assignVolunteers')}
              </LinkButton>
            ) : null}
            {open && mayStaff ? <OpenStation card={card} /> : null}
            <CenterActions card={card} />
            {mayTake && stations.length > 0 ? <TakeSheet path="/api/service-stations.xlsx" filter={{ centerId }} /> : null}
            <HistoryButton subjectId={centerId} />
          </>
        }
      />
      {open ? <CenterTodos centerId={centerId} mayAct={mayStaff || mayLink} /> : null}
      <div className="columns">
        <div>
          <Section title={say('network.stations')}>
            <dl className="figures">
              <div>
                <dt>{say('network.stations')}</dt>
                <dd>{number(stations.length)}</dd>
              </div>
              <div>
                <dt>{say('network.staffed')}</dt>
                <dd>{number(stations.filter(({ worker }) => worker).length)}</dd>
              </div>
              <div>
                <dt>{say('network.redStations')}</dt>
                <dd>{number(stations.filter(({ colour }) => colour === 'red').length)}</dd>
              </div>
              <div>
                <dt>{say('network.volunteers')}</dt>
                <dd>{number(stations.reduce((sum, { volunteers }) => sum + volunteers, 0))}</dd>
              </div>
            </dl>
            {stations.length === 0 ? (
              <Empty>{say('network.noStations')}</Empty>
            ) : (
              <table className="grid-list">
                <thead>
                  <tr>
                    <th scope="col">{say('network.station')}</th>
                    <th scope="col">{say('network.worker')}</th>
                    <th scope="col" className="right">
                      {say('network.volunteers')}
                    </th>
                    <th scope="col">{say('network.state')}</th>
                  </tr>
                </thead>
                <tbody>
                  {stations.map(station => (
                    <StationRow key={station.stationId} station={station} />
                  ))}
                </tbody>
              </table>
            )}
          </Section>
        </div>
        <div>
          <Section title={say('network.about')}>
            <dl className="facts section-body">
              <dt>{say('network.stage')}</dt>
              <dd>
                {called(card.stage, 'centerStage')}
                {card.reasons.length > 0 ? (
                  <span className="reasons">{joined(card.reasons.map(reason => called(reason, 'reason')))}</span>
                ) : null}
              </dd>
              <dt>{say('network.model')}</dt>
              <dd>{called(card.operatingModel)}</dd>
              <dt>{say('network.establishedOn')}</dt>
              <dd>{day(card.establishedOn)}</dd>
              <dt>{say('network.code')}</dt>
              <dd className="number">{card.divisionCode}</dd>
            </dl>
          </Section>
        </div>
      </div>
    </>
  );
}
