import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { number } from '../shell/dates.ts';
import { joined, useWords, type WordKey } from '../shell/language.ts';
import { Empty, Loading, Section, Unreadable } from '../shell/page.tsx';
import { State } from '../shell/state.tsx';
import { centerToday, type CenterTodo } from './center-today.ts';

type Where = 'station' | 'assign' | 'volunteers' | 'center';

/** Where each kind of thing is dealt with, and what that is called. */
const ways: Readonly<Record<CenterTodo['code'], { readonly where: Where; readonly does: WordKey }>> = {
  CENTER_SURPLUS: { where: 'center', does: 'today.askRegistrar' },
  CENTER_SUSPENDED: { where: 'center', does: 'today.resumeCenter' },
  CENTER_WITHOUT_STATION: { where: 'center', does: 'today.openStation' },
  STATION_WITHOUT_WORKER: { where: 'station', does: 'network.assignWorker' },
  ACTING_OVERDUE: { where: 'station', does: 'network.assignWorker' },
  ACTING_ENDS_SOON: { where: 'station', does: 'network.assignWorker' },
  STATION_WITHOUT_VOLUNTEERS: { where: 'assign', does: 'network.assignVolunteers' },
  VOLUNTEERS_WAITING: { where: 'volunteers', does: 'network.todoApplicantsDo' },
  STATION_WITH_FEW_VOLUNTEERS: { where: 'assign', does: 'network.assignVolunteers' },
  COMMUNITY_WITHOUT_STATION: { where: 'center', does: 'today.cover' },
  VOLUNTEERS_NOT_LINKED: { where: 'assign', does: 'network.assignVolunteers' },
  STATION_WITH_ACTING_WORKER: { where: 'station', does: 'network.todoSuspendedDo' },
  STATION_SUSPENDED: { where: 'station', does: 'network.todoSuspendedDo' },
};

function Way({ todo: { code, stationId }, centerId }: { todo: CenterTodo; centerId: string }) {
  const { say } = useWords();
  const { where, does } = ways[code];
  if (where === 'station' && stationId)
    return (
      <Link to="/stations/$stationId" params={{ stationId }}>
        {say(does)}
      </Link>
    );
  if (where === 'assign')
    return (
      <Link to="/centers/$centerId/assign" params={{ centerId }} search={stationId ? { station: stationId } : {}}>
        {say(does)}
      </Link>
    );
  if (where === 'volunteers')
    return (
      <Link to="/volunteers" search={{ stage: 'APPLIED' }}>
        {say(does)}
      </Link>
    );
  return <span className="quiet">{say(does)}</span>;
}

/** What is not as planned at a center and why, and what to do first, each with the way to where it is done. */
export function CenterTodos({ centerId, mayAct }: { centerId: string; mayAct: boolean }) {
  const { say, called } = useWords();
  const { data, error, refetch } = useQuery(centerToday(centerId));
  if (error && !data) return <Unreadable error={error} retry={() => void refetch()} />;
  if (!data) return <Loading />;
  const { colour, reasons, stations, counts, todos } = data;
  const red = stations.filter(station => station.colour === 'red');
  return (
    <Section
      title={say('network.first')}
      extra={
        <State colour={colour}>
          {reasons.length > 0 ? joined(reasons.map(reason => called(reason, 'reason'))) : called(colour, 'colour')}
        </State>
      }
    >
      {red.length > 0 ? (
        <ul className="plain red-stations" aria-label={say('network.redStations')}>
          {red.map(({ stationId, name, reasons: why }) => (
            <li key={stationId}>
              <State colour="red">{called('red', 'colour')}</State>
              <Link to="/stations/$stationId" params={{ stationId }}>
                {name}
              </Link>
              <span className="quiet">{joined(why.map(reason => called(reason, 'reason')))}</span>
            </li>
          ))}
        </ul>
      ) : null}
      {todos.length === 0 ? <Empty>{say('network.allDone')}</Empty> : null}
      <ol className="todo todo-wide">
        {todos.map(todo => (
          <li key={`${todo.code} ${todo.stationId}`}>
            <div className="todo-line">
              <span>{todo.words}</span>
              {mayAct ? <Way todo={todo} centerId={centerId} /> : null}
            </div>
          </li>
        ))}
      </ol>
      <p className="quiet today-counts">
        {say('today.counts', {
          covered: number(counts.coveredCommunities),
          communities: number(counts.communities),
          volunteers: number(counts.volunteers),
          unlinked: number(counts.unlinkedVolunteers),
          applicants: number(counts.applicants),
        })}
      </p>
    </Section>
  );
}
