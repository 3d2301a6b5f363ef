import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { joined, useWords, type WordKey } from '../shell/language.ts';
import { Loading } from '../shell/page.tsx';
import { cardAround, differencesOf } from './command-queries.ts';
import type { HistoryEntry } from './queries.ts';

/** What a field of a card is called; what has no word here, such as an id, is not shown. */
const fieldWords: Readonly<Record<string, WordKey>> = {
  name: 'audit.name',
  stage: 'network.stage',
  code: 'network.code',
  operatingModel: 'network.model',
  divisionName: 'unit.division',
  centerName: 'network.center',
  worker: 'network.worker',
  actingWorker: 'network.actingWorker',
  communities: 'network.communities',
  serviceFields: 'network.fields',
  stations: 'network.stations',
  homeDivisionName: 'volunteering.home',
  skills: 'volunteering.skill',
  fields: 'volunteering.fields',
  availability: 'volunteering.slots',
  level: 'workforce.level',
  status: 'workforce.status',
};

const stages: Readonly<Record<string, string>> = {
  serviceCenter: 'centerStage',
  serviceStation: 'stationStage',
  volunteer: 'volunteerStage',
  socialWorker: 'workerStage',
};

function useShown(category: string) {
  const { called } = useWords();
  const shown = (field: string, value: unknown): string => {
    if (value === null || value === '') return '—';
    if (Array.isArray(value)) return value.length === 0 ? '—' : joined(value.map(each => shown(field, each)));
    if (typeof value === 'object') return 'name' in value ? String(value.name) : '…';
    return field === 'name' ? String(value) : called(String(value), field === 'stage' ? stages[category] : undefined);
  };
  return shown;
}

function Differences({ category, id, rows }: { category: string; id: string; rows: readonly HistoryEntry[] }) {
  const { say } = useWords();
  const shown = useShown(category);
  const { data, error } = useQuery(
    cardAround(
      category,
      id,
      rows.map(({ position }) => position),
    ),
  );
  if (error) return <p className="quiet">{error.message}</p>;
  if (!data) return <Loading />;
  const differences = differencesOf(data.before, data.after, Object.keys(fieldWords));
  if (differences.length === 0) return <p className="quiet">{say('audit.noDifference')}</p>;
  return (
    <table className="grid-list differences">
      <thead>
        <tr>
          <th scope="col">{say('audit.what')}</th>
          <th scope="col">{say('audit.before')}</th>
          <th scope="col">{say('audit.after')}</th>
        </tr>
      </thead>
      <tbody>
        {differences.map(({ field, before, after }) => (
          <tr key={field}>
            <td>{say(fieldWords[field]!)}</td>
            <td data-label={say('audit.before')}>{shown(field, before)}</td>
            <td data-label={say('audit.after')}>{shown(field, after)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Detail({ category, id, rows }: { category: string; id: string; rows: readonly HistoryEntry[] }) {
  const { say } = useWords();
  const { commandId } = rows[0]!;
  return (
    <div className="command-detail">
      <Differences category={category} id={id} rows={rows} />
      <p>
        <span className="quiet">{say('audit.commandId')} </span>
        {commandId ? (
          <Link
            to="/commands/$commandId"
            params={{ commandId }}
            className="number"
            aria-label={`${say('audit.trail')} ${commandId}`}
          >
            {commandId}
          </Link>
        ) : (
          '—'
        )}
      </p>
    </div>
  );
}

/** What is different since a command, and the way to everything else about it. */
export function CommandDetail(props: { category: string; id: string; rows: readonly HistoryEntry[] }) {
  const { say } = useWords();
  const [opened, setOpened] = useState(false);
  return (
    <details className="command-more" onToggle={({ currentTarget: { open } }) => setOpened(open)}>
      <summary>{say('audit.differences')}</summary>
      {opened ? <Detail {...props} /> : null}
    </details>
  );
}
