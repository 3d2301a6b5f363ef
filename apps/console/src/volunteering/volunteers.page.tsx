import { useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { Select } from 'antd';
import { useMay } from '../access/me.ts';
import { usePlace } from '../access/place.ts';
import { day } from '../shell/dates.ts';
import { useRemembered } from '../shell/drafts.ts';
import { joined, useWords } from '../shell/language.ts';
import { LinkButton } from '../shell/link-button.tsx';
import { PageHead } from '../shell/page.tsx';
import { PersonSearch } from '../shell/person-search.tsx';
import { RegisterTable } from '../shell/register-table.tsx';
import { TakeSheet } from '../sheets/take-sheet.tsx';
import { useSlowly } from '../shell/use-slowly.ts';
import { volunteerSkills } from '../shell/values.ts';
import { volunteerRegister, type RegisteredVolunteer, type VolunteerFilter } from './queries.ts';
import { VolunteerStage } from './volunteer-stage.tsx';

const route = getRouteApi('/office/volunteers');

const stages = ['APPLIED', 'ACCEPTED', 'SUSPENDED', 'DECLINED', 'WITHDRAWN'] as const;
const pageRows = 200;

function Name({ row: { volunteerId, name } }: { row: RegisteredVolunteer }) {
  return (
    <Link to="/volunteers/$volunteerId" params={{ volunteerId }}>
      {name ?? '—'}
    </Link>
  );
}

/** The register of volunteers: found by name, pinyin initials or phone, narrowed down by what is needed. */
export function VolunteersPage() {
  const { say, called } = useWords();
  const place = usePlace();
  const { stage: asked } = route.useSearch();
  const mayRegister = useMay('centerStaff', 'stationWorker', 'registrar');
  const mayTake = useMay('centerStaff', 'registrar');
  const [q, setQ] = useRemembered('volunteers q', '');
  const [stage, setStage] = useRemembered<VolunteerFilter['stage']>('volunteers stage', undefined, asked);
  const [skill, setSkill] = useRemembered<VolunteerFilter['skill']>('volunteers skill', undefined);
  const [linked, setLinked] = useRemembered<boolean | undefined>('volunteers linked', undefined);
  const sought = useSlowly(q.trim());
  const filter: VolunteerFilter = {
    ...(sought ? { q: sought } : {}),
    ...(stage ? { stage } : {}),
    ...(skill ? { skill } : {}),
    ...(linked === undefined ? {} : { linked }),
    ...(place ? { divisionId: place.divisionId } : {}),
  };
  const pages = useInfiniteQuery(volunteerRegister(filter, pageRows));
  return (
    <div className="register-page">
      <PageHead
        title={say('shell.volunteers')}
        actions={
          <>
            {mayRegister ? (
              <>
                <LinkButton to="/volunteers/new" variant="solid" color="primary">
                  {say('volunteering.register')}
                </LinkButton>
                <LinkButton to="/volunteers/sheet">{say('sheet.bring')}</LinkButton>
              </>
            ) : null}
            {mayTake ? <TakeSheet path="/api/volunteers.xlsx" filter={filter} /> : null}
          </>
        }
      />
      <section className="section register">
        <div className="filters">
          <PersonSearch q={q} seek={setQ} />
          <Select
            allowClear
            value={stage ?? null}
            onChange={value => setStage(value ?? undefined)}
            placeholder={say('network.stage')}
            aria-label={say('network.stage')}
            options={stages.map(value => ({ value, label: called(value, 'volunteerStage') }))}
          />
          <Select
            allowClear
            value={skill ?? null}
            onChange={value => setSkill(value ?? undefined)}
            placeholder={say('volunteering.skill')}
            aria-label={say('volunteering.skill')}
            options={volunteerSkills.map(value => ({ value, label: called(value) }))}
          />
          <Select
            allowClear
            value={linked === undefined ? null : String(linked)}
            onChange={value => setLinked(value ? value === 'true' : undefined)}
            placeholder={say('volunteering.who')}
            aria-label={say('volunteering.who')}
            options={[
              { value: 'true', label: say('volunteering.onlyLinked') },
              { value: 'false', label: say('volunteering.onlyFree') },
            ]}
          />
        </div>
        <RegisterTable<RegisteredVolunteer>
          key={JSON.stringify(filter)}
          pages={pages}
          rowKey="volunteerId"
          label={say('shell.volunteers')}
          whenEmpty={say('volunteering.noneFound')}
          columns={[
            { title: say('volunteering.name'), key: 'name', width: 110, render: (_, row) => <Name row={row} /> },
            {
              title: say('network.stage'),
              key: 'stage',
              width: 110,
              render: (_, { stage: at }) => <VolunteerStage stage={at} />,
            },
            {
              title: say('volunteering.station'),
              key: 'station',
              width: 210,
              ellipsis: true,
              render: (_, row) => row.primaryStationName ?? '—',
            },
            {
              title: say('volunteering.skill'),
              key: 'skills',
              width: 180,
              ellipsis: true,
              render: (_, { skills }) => joined(skills.map(value => called(value))) || '—',
            },
            {
              title: say('volunteering.home'),
              key: 'home',
              width: 120,
              ellipsis: true,
              render: (_, row) => row.homeDivisionName ?? '—',
            },
            {
              title: say('volunteering.phone'),
              key: 'phone',
              width: 120,
              className: 'number',
              render: (_, row) => row.phone ?? '—',
            },
            { title: say('volunteering.registeredOn'), key: 'on', width: 130, render: (_, row) => day(row.registeredOn) },
          ]}
          narrow={row => (
            <div className="narrow-row">
              <span>
                <Name row={row} /> <VolunteerStage stage={row.stage} />
              </span>
              <span className="quiet">{row.primaryStationName ?? row.homeDivisionName ?? '—'}</span>
            </div>
          )}
        />
      </section>
    </div>
  );
}
