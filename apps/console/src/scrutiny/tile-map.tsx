import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { number } from '../shell/dates.ts';
import { joined, useWords } from '../shell/language.ts';
import { Loading } from '../shell/page.tsx';
import type { Colour } from '../shell/state.tsx';
import { figuresUnder, type Days, type DivisionFigures } from './overview-queries.ts';

/** A sign of its own for each colour. */
export const signs: Readonly<Record<Colour, string>> = { green: '✓', amber: '△', red: '!', grey: '–' };

function Tile({ row: { divisionId, name, colour, reasons }, days }: { row: DivisionFigures; days: Days }) {
  const { called } = useWords();
  const why = joined(reasons.map(reason => called(reason, 'reason')));
  return (
    <li>
      <Link
        to="/overview"
        search={{ division: divisionId, ...days }}
        className={`tile tile-${colour}`}
        title={[name, called(colour, 'colour'), why].filter(Boolean).join(' · ')}
      >
        <span className="tile-sign" aria-hidden>
          {signs[colour]}
        </span>
        <span className="tile-name">{name}</span>
        <span className="hidden-text">{[called(colour, 'colour'), why].filter(Boolean).join(' ')}</span>
      </Link>
    </li>
  );
}

export function Tiles({ rows, days }: { rows: readonly DivisionFigures[]; days: Days }) {
  return (
    <ul className="plain tiles">
      {rows.map(row => (
        <Tile key={row.divisionId} row={row} days={days} />
      ))}
    </ul>
  );
}

/** The streets and towns of a county, or those of the counties of a prefecture. */
function Under({ division, days }: { division: DivisionFigures; days: Days }) {
  const { say } = useWords();
  const { data } = useInfiniteQuery(figuresUnder(division.divisionId, { on: days.on }));
  if (!data) return <Loading />;
  const rows = data.pages.flatMap(page => page.rows);
  if (rows.length === 0) return <p className="quiet tile-note">{say('overview.noTownships')}</p>;
  const townships = rows.filter(({ level }) => level === 'TOWNSHIP');
  return (
    <>
      {townships.length > 0 ? <Tiles rows={townships} days={days} /> : null}
      {rows
        .filter(({ level }) => level !== 'TOWNSHIP')
        .map(row => (
          <section key={row.divisionId} className="tile-group">
            <h4>{row.name}</h4>
            <Under division={row} days={days} />
          </section>
        ))}
    </>
  );
}

function Group({ row, days, first }: { row: DivisionFigures; days: Days; first: boolean }) {
  const { say } = useWords();
  const [opened, setOpened] = useState(first);
  const { townships, townshipsWithCenter } = row.figures;
  return (
    <details open={opened} onToggle={({ currentTarget: { open } }) => setOpened(open)} className="tile-part">
      <summary>
        <span className="tile-head">{row.name}</span>{' '}
        <span className="quiet">
          {say('figure.townshipsWithCenter')} {number(townshipsWithCenter)} / {number(townships)}
        </span>
      </summary>
      {opened ? <Under division={row} days={days} /> : null}
    </details>
  );
}

/** Every street or town below a division as a tile; what lies below a larger one is read when it is opened. */
export function TileMap({ rows, days }: { rows: readonly DivisionFigures[]; days: Days }) {
  const { called } = useWords();
  const townships = rows.filter(({ level }) => level === 'TOWNSHIP');
  const larger = rows.filter(({ level }) => level !== 'TOWNSHIP');
  const keys: readonly Colour[] = ['green', 'amber', 'red', 'grey'];
  return (
    <div className="section-body">
      <ul className="plain legend">
        {keys.map(colour => (
          <li key={colour}>
            <span className={`tile tile-key tile-${colour}`} aria-hidden>
              {signs[colour]}
            </span>
            {called(colour, 'colour')}
          </li>
        ))}
      </ul>
      {townships.length > 0 ? <Tiles rows={townships} days={days} /> : null}
      {larger.map((row, nth) => (
        <Group key={row.divisionId} row={row} days={days} first={nth === 0 && townships.length === 0} />
      ))}
    </div>
  );
}
