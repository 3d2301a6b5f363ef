import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useMay } from '../access/me.ts';
import { Choice, Either } from '../shell/choice.tsx';
import { day } from '../shell/dates.ts';
import { useRemembered } from '../shell/drafts.ts';
import { useWords } from '../shell/language.ts';
import { LinkButton } from '../shell/link-button.tsx';
import { RegisterPage, useRegisterSearch } from '../shell/register-page.tsx';
import { TakeSheet } from '../sheets/take-sheet.tsx';
import { levels } from '../shell/values.ts';
import { workerRegister, type RegisteredWorker, type WorkerFilter } from './queries.ts';
import { WorkerStage } from './worker-stage.tsx';

const stages = ['ACTIVE', 'SUSPENDED', 'RETIRED'] as const;
const pageRows = 200;

function Name({ row: { workerId, name } }: { row: RegisteredWorker }) {
  return (
    <Link to="/workers/$workerId" params={{ workerId }}>
      {name ?? '—'}
    </Link>
  );
}

function Station({ row: { stationId, stationName } }: { row: RegisteredWorker }) {
  if (!stationId) return <span className="quiet">—</span>;
  return (
    <Link to="/stations/$stationId" params={{ stationId }}>
      {stationName ?? '—'}
    </Link>
  );
}

/** The register of social workers. */
export function WorkersPage() {
  const { say, called } = useWords();
  const mayRegister = useMay('centerStaff', 'registrar');
  const { sought, ...search } = useRegisterSearch('workers q');
  const [stage, setStage] = useRemembered<WorkerFilter['stage']>('workers stage', undefined);
  const [level, setLevel] = useRemembered<WorkerFilter['level']>('workers level', undefined);
  const [posted, setPosted] = useRemembered<boolean | undefined>('workers posted', undefined);
  const filter: WorkerFilter = {
    ...sought,
    ...(stage ? { stage } : {}),
    ...(level ? { level } : {}),
    ...(posted === undefined ? {} : { posted }),
  };
  const pages = useInfiniteQuery(workerRegister(filter, pageRows));
  return (
    <RegisterPage<RegisteredWorker>
      title={say('shell.workers')}
      actions={
        mayRegister ? (
          <>
            <LinkButton to="/workers/new" variant="solid" color="primary">
              {say('workforce.register')}
            </LinkButton>
            <LinkButton to="/workers/sheet">{say('sheet.bring')}</LinkButton>
            <TakeSheet path="/api/social-workers.xlsx" filter={filter} />
          </>
        ) : null
      }
      search={search}
      choices={
        <>
          <Choice word="network.stage" value={stage} choose={setStage} values={stages} kind="workerStage" />
          <Choice word="workforce.level" value={level} choose={setLevel} values={levels} />
          <Either word="workforce.posted" value={posted} choose={setPosted} yes="workforce.onlyPosted" no="workforce.onlyFree" />
        </>
      }
      filter={filter}
      pages={pages}
      rowKey="workerId"
      whenEmpty={say('workforce.noneFound')}
      columns={[
        { title: say('person.name'), key: 'name', width: 110, render: (_, row) => <Name row={row} /> },
        { title: say('network.stage'), key: 'stage', width: 110, render: (_, { stage: at }) => <WorkerStage stage={at} /> },
        { title: say('workforce.level'), key: 'level', width: 150, render: (_, row) => called(row.level ?? row.status) },
        {
          title: say('workforce.station'),
          key: 'station',
          width: 220,
          ellipsis: true,
          render: (_, row) => <Station row={row} />,
        },
        {
          title: say('workforce.home'),
          key: 'home',
          width: 130,
          ellipsis: true,
          render: (_, row) => row.homeDivisionName ?? '—',
        },
        {
          title: say('person.phone'),
          key: 'phone',
          width: 130,
          className: 'number',
          render: (_, row) => row.phone ?? '—',
        },
        { title: say('person.registeredOn'), key: 'on', width: 130, render: (_, row) => day(row.registeredOn) },
      ]}
      narrow={row => ({
        first: (
          <>
            <Name row={row} /> <WorkerStage stage={row.stage} />
          </>
        ),
        second: row.stationName ?? called(row.level ?? row.status),
      })}
    />
  );
}
