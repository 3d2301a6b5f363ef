import { Link } from '@tanstack/react-router';
import { Button } from 'antd';
import { day, number } from '../shell/dates.ts';
import { joined, useWords } from '../shell/language.ts';
import { Section } from '../shell/page.tsx';
import { State } from '../shell/state.tsx';
import { Change } from './change.tsx';
import type { Days, DivisionFigures, FigureName, Figures } from './overview-queries.ts';
import { Legend, percent, ShareBar, shareOf } from './share-bar.tsx';
import type { AskedFigure } from './subjects-drawer.tsx';
import { TileMap } from './tile-map.tsx';

const shownFigures: readonly FigureName[] = [
  'townships',
  'townshipsWithCenter',
  'communities',
  'coveredCommunities',
  'stations',
  'staffedStations',
  'actingStations',
  'vacantStations',
  'redStations',
  'volunteers',
];

/** The figures of a division; each opens what it counts. */
export function FigureTiles({ of, days, ask }: { of: DivisionFigures; days: Days; ask: (asked: AskedFigure) => void }) {
  const { say } = useWords();
  return (
    <Section title={say('overview.figures')} extra={<span className="quiet">{say('overview.figuresHint')}</span>}>
      <ul className="plain figure-tiles">
        {shownFigures.map(figure => (
          <li key={figure}>
            <button
              type="button"
              onClick={() => ask({ figure, divisionId: of.divisionId, place: of.name, count: of.figures[figure] })}
            >
              <span className="figure-name">{say(`figure.${figure}`)}</span>
              <span className="figure-count number">{number(of.figures[figure])}</span>
              <Change change={of.change?.[figure]} since={days.compare} />
            </button>
          </li>
        ))}
      </ul>
    </Section>
  );
}

const shareThen = (before: Figures | null, part: FigureName, whole: FigureName) =>
  before && before[whole] > 0 ? shareOf(before[part], before[whole]) : undefined;

function Row({ row, days, ask }: { row: DivisionFigures; days: Days; ask: (asked: AskedFigure) => void }) {
  const { say, called } = useWords();
  const { divisionId, name, figures, before, change, colour, reasons } = row;
  const figure = (which: FigureName) => (
    <td data-label={say(`figure.${which}`)} className="right number">
      <span>
        <Button
          type="link"
          size="small"
          className="number-button"
          aria-label={`${name} ${say(`figure.${which}`)} ${number(figures[which])}`}
          onClick={() => ask({ figure: which, divisionId, place: name, count: figures[which] })}
        >
          {number(figures[which])}
        </Button>
        <Change change={change?.[which]} since={days.compare} />
      </span>
    </td>
  );
  const { communities, coveredCommunities, stations, staffedStations, actingStations, vacantStations } = figures;
  const then = (part: FigureName, whole: FigureName) =>
    before && days.compare && before[whole] > 0
      ? ` · ${say('overview.was', { date: day(days.compare), share: percent(before[part], before[whole]) })}`
      : '';
  return (
    <tr>
      <td>
        <Link to="/overview" search={{ division: divisionId, ...days }}>
          {name}
        </Link>
      </td>
      <td data-label={say('network.state')}>
        <span>
          <State colour={colour}>{called(colour, 'colour')}</State>
          {reasons.length > 0 ? <span className="reasons">{joined(reasons.map(reason => called(reason, 'reason')))}</span> : null}
        </span>
      </td>
      <td data-label={say('overview.coverage')} className="share-cell">
        <ShareBar
          parts={[
            { kind: 'own', count: coveredCommunities },
            { kind: 'missing', count: communities - coveredCommunities },
          ]}
          was={shareThen(before, 'coveredCommunities', 'communities')}
          words={
            communities === 0
              ? say('overview.noCommunities')
              : `${percent(coveredCommunities, communities)} · ${number(coveredCommunities)} / ${number(communities)}${then('coveredCommunities', 'communities')}`
          }
        />
      </td>
      <td data-label={say('overview.staffing')} className="share-cell">
        <ShareBar
          parts={[
            { kind: 'own', count: staffedStations },
            { kind: 'acting', count: actingStations },
            { kind: 'missing', count: vacantStations },
          ]}
          was={shareThen(before, 'staffedStations', 'stations')}
          words={
            stations === 0
              ? say('overview.noStationYet')
              : `${percent(staffedStations, stations)} · ${number(staffedStations)} / ${number(stations)}${then('staffedStations', 'stations')}`
          }
        />
      </td>
      {figure('redStations')}
      {figure('volunteers')}
    </tr>
  );
}

/** Coverage and staffing one level down, as bars and numbers. */
export function FiguresTable({
  rows,
  days,
  ask,
}: {
  rows: readonly DivisionFigures[];
  days: Days;
  ask: (asked: AskedFigure) => void;
}) {
  const { say } = useWords();
  return (
    <Section
      title={say('overview.plots')}
      extra={
        <Legend
          words={[
            ['own', 'overview.legendOwn'],
            ['acting', 'overview.legendActing'],
            ['missing', 'overview.legendVacant'],
          ]}
        />
      }
    >
      <table className="grid-list overview-table">
        <thead>
          <tr>
            <th scope="col">{say('overview.below')}</th>
            <th scope="col">{say('network.state')}</th>
            <th scope="col">{say('overview.coverage')}</th>
            <th scope="col">{say('overview.staffing')}</th>
            <th scope="col" className="right">
              {say('figure.redStations')}
            </th>
            <th scope="col" className="right">
              {say('figure.volunteers')}
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map(row => (
            <Row key={row.divisionId} row={row} days={days} ask={ask} />
          ))}
        </tbody>
      </table>
    </Section>
  );
}

export function TownshipMap({ rows, days }: { rows: readonly DivisionFigures[]; days: Days }) {
  const { say } = useWords();
  return (
    <Section title={say('overview.map')} extra={<span className="quiet wide-only">{say('overview.mapHint')}</span>}>
      <TileMap rows={rows} days={days} />
    </Section>
  );
}
