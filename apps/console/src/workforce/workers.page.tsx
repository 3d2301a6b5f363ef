import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Select } from 'antd';
import { useMay } from '../access/me.ts';
import { usePlace } from '../access/place.ts';
import { day } from '../shell/dates.ts';
import { useRemembered } from '../shell/drafts.ts';
import { useWords } from '../shell/language.ts';
import { LinkButton } from '../shell/link-button.tsx';
import { PageHead } from '../shell/page.tsx';
import { PersonSearch } from '../shell/person-search.tsx';
import { RegisterTable } from '../shell/register-table.tsx';
import { TakeSheet } from '../sheets/take-sheet.tsx';
import { useSlowly } from '../shell/use-slowly.ts';
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
  const [q, setQ] = useRemembered('workers q', '');
  const [stage, setStage] = useRemembered<WorkerFilter['stage']>('workers stage', undefined);
  const [level, setLevel] = useRemembered<WorkerFilter['level']>('workers level', undefined);
  const [posted, setPosted] = useRemembered<boolean | undefined>('workers posted', undefined);
  const place = usePlace();
  const sought = useSlowly(q.trim());
  const filter: WorkerFilter = {
    ...(sought ? { q: sought } : {}),
    ...(stage ? { stage } : {}),
    ...(level ? { level } : {}),
    ...(posted === undefined ? {} : { posted }),
    ...(place ? { divisionId: place.divisionId } : {}),
  };
  const pages = useInfiniteQuery(workerRegister(filter, pageRows));
  return (
    <div className="register-page">
      <PageHead
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
            options={stages.map(value => ({ value, label: called(value, 'workerStage') }))}
          />
          <Select
            allowClear
            value={level ?? null}
            onChange={value => setLevel(value ?? undefined)}
            placeholder={say('workforce.level')}
            aria-label={say('workforce.level')}
            options={levels.map(value => ({ value, label: called(value) }))}
          />
          <Select
            allowClear
            value={posted === undefined ? null : String(posted)}
            onChange={value => setPosted(value ? value === 'true' : undefined)}
            placeholder={say('workforce.posted')}
            aria-label={say('workforce.posted')}
            options={[
              { value: 'true', label: say('workforce.onlyPosted') },
              { value: 'false', label: say('workforce.onlyFree') },
            ]}
          />
        </div>
        <RegisterTable<RegisteredWorker>
          key={JSON.stringify(filter)}
          pages={pages}
          rowKey="workerId"
          label={say('shell.workers')}
          whenEmpty={say('workforce.noneFound')}
          columns={[
            { title: say('volunteering.name'), key: 'name', width: 110, render: (_, row) => <Name row={row} /> },
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
              title: say('volunteering.phone'),
              key: 'phone',
              width: 130,
              className: 'number',
              render: (_, row) => row.phone ?? '—',
            },
            { title: say('volunteering.registeredOn'), key: 'on', width: 130, render: (_, row) => day(row.registeredOn) },
          ]}
          narrow={row => (
            <div className="narrow-row">
              <span>
                <Name row={row} /> <WorkerStage stage={row.stage} />
              </span>
              <span className="quiet">{row.stationName ?? called(row.level ?? row.status)}</span>
            </div>
          )}
        />
      </section>
    </div>
  );
}
