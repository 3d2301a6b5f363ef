import { Link } from '@tanstack/react-router';
import { useMe } from '../access/me.ts';
import { placesOf, usePlace } from '../access/place.ts';
import { useWords } from '../shell/language.ts';
import { Empty, Loading, PageHead, Section, Unreadable } from '../shell/page.tsx';
import { StructureList } from './structure-list.tsx';

/** Where one begins: the places in which one holds a role, smallest first, with the centers there. */
export function HomePage() {
  const { say, called } = useWords();
  const chosen = usePlace();
  const { data, error, refetch } = useMe();
  if (error && !data) return <Unreadable error={error} retry={() => void refetch()} />;
  if (!data) return <Loading />;
  const places = chosen ? [chosen] : placesOf(data);
  return (
    <>
      <PageHead title={say('network.myPlaces')} />
      {places.length === 0 ? (
        <Section title={say('access.noPlace')}>
          <Empty>{say('access.noPlaceHint')}</Empty>
        </Section>
      ) : null}
      {places.map(({ divisionId, name, role }) => (
        <Section
          key={divisionId}
          title={name}
          extra={
            <span>
              <span className="quiet">{called(role)}</span>
              {' · '}
              <Link to="/places/$divisionId" params={{ divisionId }} aria-label={`${name} ${say('network.allOfPlace')}`}>
                {say('network.allOfPlace')}
              </Link>
            </span>
          }
        >
          <StructureList divisionId={divisionId} whenEmpty={say('network.noCenterHint')} centersOnly />
        </Section>
      ))}
    </>
  );
}
