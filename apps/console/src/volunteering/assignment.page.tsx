import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { Button } from 'antd';
import { useState, type DragEvent } from 'react';
import { number } from '../shell/dates.ts';
import { sendAndTell } from '../shell/feedback.tsx';
import { joined, useWords } from '../shell/language.ts';
import { Empty, Loading, PageHead, Section, Unreadable } from '../shell/page.tsx';
import { State } from '../shell/state.tsx';
import { centerCard, type StationGlance } from '../service-network/queries.ts';
import { CandidateList, dragged } from './candidate-list.tsx';
import { choose, chooseAsWell, useChosen, type Person } from './chosen.ts';
import { linkVolunteer, unlinkVolunteer } from './commands.ts';

const route = getRouteApi('/office/centers/$centerId/assign');
function StationTarget({
  station,
  shown,
  show,
  chosen,
  assign,
}: {
  station: StationGlance;
  /** Whether the candidates on the other side are those for this station. */
  shown: boolean;
  show: () => void;
  chosen: readonly Person[];
  assign: (station: StationGlance, people: readonly Person[]) => void;
}) {
  const { say, called } = useWords();
  const [over, setOver] = useState(false);
  const takes = station.stage === 'OPEN';
  const does = chosen.length > 0 ? say('volunteering.assignCount', { count: chosen.length }) : say('volunteering.assign');
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    const text = event.dataTransfer.getData(dragged);
    if (text) assign(station, JSON.parse(text) as readonly Person[]);
  };
  return (
    <li
      className="target"
      data-shown={shown}
      data-over={over}
      onDragOver={event => {
        if (!takes || !event.dataTransfer.types.includes(dragged)) return;
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      <div>
        <Link to="/stations/$stationId" params={{ stationId: station.stationId }}>
          {station.name}
        </Link>
        <span className="reasons">
          {station.worker ? station.worker.name : say('network.vacant')} ·{' '}
          {say('volunteering.count', { count: number(station.volunteers) })}
        </span>
        <State colour={station.colour}>
          {station.reasons.length > 0
            ? joined(station.reasons.map(reason => called(reason, 'reason')))
            : called(station.colour, 'colour')}
        </State>
      </div>
      <div className="target-actions">
        <Button
          type={shown ? 'primary' : 'default'}
          ghost={shown}
          aria-pressed={shown}
          aria-label={`${say('volunteering.show')}:${station.name}`}
          onClick={show}
        >
          {say('volunteering.show')}
        </Button>
        <Button
          disabled={!takes || chosen.length === 0}
          onClick={() => assign(station, chosen)}
          aria-label={`${does} · ${station.name}`}
        >
          {does}
        </Button>
      </div>
    </li>
  );
}

/** Stations on one side, volunteers on the other: drag, or choose and press; every step can be taken back at once. */
export function AssignmentPage() {
  const { say } = useWords();
  const { centerId } = route.useParams();
  const { data: card, error, refetch } = useQuery(centerCard(centerId));
  const { station: asked } = route.useSearch();
  const navigate = useNavigate();
  const chosen = useChosen(centerId);
  if (error && !card) return <Unreadable error={error} retry={() => void refetch()} />;
  if (!card) return <Loading />;
  const people = [...chosen.values()];
  const shown = (card.stations.find(({ stationId }) => stationId === asked) ?? card.stations[0])?.stationId;
  const toggle = (person: Person) => {
    const next = new Map(chosen);
    if (!next.delete(person.volunteerId)) next.set(person.volunteerId, person);
    choose(centerId, next);
  };
  const show = (stationId: string, replace: boolean) =>
    void navigate({ to: '/centers/$centerId/assign', params: { centerId }, search: { station: stationId }, replace });
  const assign = ({ stationId, name: station }: StationGlance, assigned: readonly Person[]) => {
    choose(centerId, new Map());
    for (const person of assigned) {
      const { volunteerId, name } = person;
      void sendAndTell(
        linkVolunteer(name, station, { volunteerId, stationId }),
        () => unlinkVolunteer(name, station, volunteerId, { stationId, because: 'OTHER' }),
        () => {
          chooseAsWell(centerId, person);
          show(stationId, false);
        },
      );
    }
  };
  return (
    <>
      <PageHead
        above={
          <Link to="/centers/$centerId" params={{ centerId }}>
            {card.name}
          </Link>
        }
        title={say('network.assignVolunteers')}
        beside={<span className="quiet">{say('volunteering.assignHint')}</span>}
      />
      <div className="halves">
        <Section title={say('network.stations')}>
          {card.stations.length === 0 ? <Empty>{say('network.noStations')}</Empty> : null}
          <ul className="plain targets">
            {card.stations.map(station => (
              <StationTarget
                key={station.stationId}
                station={station}
                shown={station.stationId === shown}
                show={() => show(station.stationId, true)}
                chosen={people}
                assign={assign}
              />
            ))}
          </ul>
        </Section>
        {shown ? <CandidateList stationId={shown} chosen={chosen} toggle={toggle} /> : null}
      </div>
    </>
  );
}
