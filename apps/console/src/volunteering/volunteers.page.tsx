import { useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useMay } from '../access/me.ts';
import { Choice, Either } from '../shell/choice.tsx';
import { day } from '../shell/dates.ts';
import { useRemembered } from '../shell/drafts.ts';
import { joined, useWords } from '../shell/language.ts';
import { LinkButton } from '../shell/link-button.tsx';
import { RegisterPage, useRegisterSearch } from '../shell/register-page.tsx';
import { TakeSheet } from '../sheets/take-sheet.tsx';
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
  const { stage: asked } = route.useSearch();
  const mayRegister = useMay('centerStaff', 'stationWorker', 'registrar');
  const mayTake = useMay('centerStaff', 'registrar');
  const { sought, ...search } = useRegisterSearch('volunteers q');
  const [stage, setStage] = useRemembered<VolunteerFilter['stage']>('volunteers stage', undefined, asked);
  const [skill, setSkill] = useRemembered<VolunteerFilter['skill']>('volunteers skill', undefined);
  const [linked, setLinked] = useRemembered<boolean | undefined>('volunteers linked', undefined);
  const filter: VolunteerFilter = {
    ...sought,
    ...(stage ? { stage } : {}),
    ...(skill ? { skill } : {}),
    ...(linked === undefined ? {} : { linked }),
  };
  const pages = useInfiniteQuery(volunteerRegister(filter, pageRows));
  return (
    <RegisterPage<RegisteredVolunteer>
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
      search={search}
      choices={
        <>
          <Choice word="network.stage" value={stage} choose={setStage} values={stages} kind="volunteerStage" />
          <Choice word="volunteering.skill" value={skill} choose={setSkill} values={volunteerSkills} />
          <Either
            word="volunteering.who"
            value={linked}
            choose={setLinked}
            yes="volunteering.onlyLinked"
            no="volunteering.onlyFree"
          />
        </>
      }
      filter={filter}
      pages={pages}
      rowKey="volunteerId"
      whenEmpty={say('volunteering.noneFound')}
      columns={[
        { title: say('person.name'), key: 'name', width: 110, render: (_, row) => <Name row={row} /> },
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
          title: say('person.phone'),
          key: 'phone',
          width: 120,
          className: 'number',
          render: (_, row) => row.phone ?? '—',
        },
        { title: say('person.registeredOn'), key: 'on', width: 130, render: (_, row) => day(row.registeredOn) },
      ]}
      narrow={row => ({
        first: (
          <>
            <Name row={row} /> <VolunteerStage stage={row.stage} />
          </>
        ),
        second: row.primaryStationName ?? row.homeDivisionName ?? '—',
      })}
    />
  );
}
