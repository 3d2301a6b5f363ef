import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useMay } from '../access/me.ts';
import { useWords } from '../shell/language.ts';
import { Loading, PageHead, Section, Unreadable } from '../shell/page.tsx';
import { EstablishCenter } from './establish-center.tsx';
import { divisionCard } from './queries.ts';
import { StructureList } from './structure-list.tsx';

const route = getRouteApi('/office/places/$divisionId');

/** A division: the divisions under it, or the centers of a street or town. */
export function PlacePage() {
  const { say, called } = useWords();
  const { divisionId } = route.useParams();
  const { data, error, refetch } = useQuery(divisionCard(divisionId));
  const mayEstablish = useMay('registrar', 'oversight');
  if (error && !data) return <Unreadable error={error} retry={() => void refetch()} />;
  if (!data) return <Loading />;
  const isTownship = data.level === 'TOWNSHIP';
  return (
    <>
      <PageHead
        above={
          <>
            <Link to="/">{say('network.myPlaces')}</Link>
            {data.path ? <span>{data.path}</span> : null}
          </>
        }
        title={data.name}
        beside={
          <span className="quiet">
            {called(data.kind)} · <span className="number">{data.code}</span>
          </span>
        }
        actions={isTownship && mayEstablish ? <EstablishCenter divisionId={divisionId} divisionName={data.name} /> : null}
      />
      <Section title={say(isTownship ? 'network.center' : 'network.place')}>
        <StructureList
          divisionId={divisionId}
          whenEmpty={
            isTownship
              ? `${say('network.noCenterHint')}${mayEstablish ? '' : say('network.askRegistrar')}`
              : say('network.emptyPlace')
          }
        />
      </Section>
    </>
  );
}
