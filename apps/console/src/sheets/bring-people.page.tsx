import { DownloadOutlined, UploadOutlined } from '@ant-design/icons';
import { Link } from '@tanstack/react-router';
import { Alert, Button, Checkbox, Input, Progress, Table } from 'antd';
import { useEffect, useRef, useState, useSyncExternalStore } from 'react';
import { registerVolunteer } from '../volunteering/commands.ts';
import { registerWorker } from '../workforce/commands.ts';
import type { Command } from '../shell/command.ts';
import { dropDraft, keepDraft } from '../shell/drafts.ts';
import { joined, languageNow, say, useWords, type WordKey } from '../shell/language.ts';
import { PageHead } from '../shell/page.tsx';
import { Refused } from '../shell/problem.ts';
import { refreshAll } from '../shell/queries.ts';
import { post, rehearseUnder } from '../shell/sending.ts';
import { expireSession, sessionNow, whenSessionChanges } from '../shell/session.ts';
import type { ServiceField, VolunteerSkill } from '../shell/values.ts';
import { Bringing, type Brought, type BroughtRow } from './bringing.ts';
import { fieldsOf, readPeople, type PeopleKind, type PersonRow, type RowFault } from './people-sheet.ts';
import { placesOf, placesToOffer, type Place } from './places.ts';
import { digestOf, saltOfBrowser } from './row-ids.ts';
import { fileOf, handOver, rowsOf, rowsOfText, UnusableFile } from './sheet-files.ts';
import { templateOf, valueOf } from './template.ts';

const registers = { volunteers: 'shell.volunteers', workers: 'shell.workers' } as const;

/** What is on its way stays when one leaves the page and comes back; it is gone with the session. */
const underWay = new Map<PeopleKind, Bringing>();
whenSessionChanges(() => {
  if (!sessionNow()) {
    for (const bringing of underWay.values()) bringing.pause();
    underWay.clear();
  } else if (!sessionNow()!.expired) for (const bringing of underWay.values()) bringing.hurry();
});
window.addEventListener('online', () => {
  for (const bringing of underWay.values()) bringing.hurry();
});

const draft = (kind: PeopleKind) => `sheet ${kind}`;

function commandOf(kind: PeopleKind, person: PersonRow, id: string, places: ReadonlyMap<string, Place>): Command | undefined {
  const place = places.get(person.home);
  if (!place || 'fault' in place) return undefined;
  const common = { homeDivisionId: place.divisionId, name: person.name, idNumber: person.idNumber };
  const fields = person.fields as ServiceField[];
  const command =
    kind === 'volunteers'
      ? registerVolunteer({
          ...common,
          volunteerId: id,
          phone: person.phone,
          skills: person.skills as VolunteerSkill[],
          fields,
        })
      : registerWorker({ ...common, workerId: id, ...(person.phone ? { phone: person.phone } : {}), specialisms: fields });
  return person.on === undefined ? command : { ...command, effectiveOn: person.on, reasonCode: 'paper-record' };
}

async function foresee(command: Command, key: string) {
  const token = sessionNow()?.token;
  try {
    const foreseen = await rehearseUnder(key, command);
    return 'dryRun' in foreseen ? ('would' as const) : ('done-before' as const);
  } catch (error) {
    if (error instanceof Refused && error.problem.status === 401 && token) expireSession(token);
    throw error;
  }
}

/** @throws UnusableFile, Unreadable */
async function begin(kind: PeopleKind, sheet: readonly (readonly unknown[])[], content: BufferSource): Promise<Bringing> {
  const language = languageNow();
  const read = readPeople(kind, sheet, { valueOf: (field, label) => valueOf(field, label, language) });
  switch (read.is) {
    case 'empty':
      throw new Error(say('sheet.empty'));
    case 'too-many':
      throw new Error(say('sheet.tooMany', { count: read.count }));
    case 'columns-missing':
      throw new Error(say('sheet.columnsMissing', { names: joined(read.fields.map(({ heading }) => heading[language])) }));
    case 'column-twice':
      throw new Error(say('sheet.columnTwice', { name: read.field.heading[language] }));
    default:
  }
  const places = await placesOf(read.rows.map(({ home }) => home).filter(Boolean));
  const people = read.rows.map(person => {
    const place = places.get(person.home);
    if (!place || !('fault' in place)) return person;
    return {
      ...person,
      faults: [...person.faults, { field: 'home' as const, key: place.fault, values: { value: person.home } }],
    };
  });
  return new Bringing(people, {
    ids: { salt: saltOfBrowser(), account: sessionNow()?.account ?? '', kind, digest: await digestOf(content) },
    toCommand: (person, id) => commandOf(kind, person, id, places),
    foresee,
    post,
  });
}

const sentence = (kind: PeopleKind, { field, key, values }: RowFault): string => {
  const heading = fieldsOf[kind].find(({ name }) => name === field)?.heading[languageNow()];
  const words = say(`sheetFault.${key}` satisfies WordKey, values ?? {});
  return heading ? `${heading}:${words}` : words;
};

async function giveTemplate(kind: PeopleKind): Promise<void> {
  // Places to choose from are a help; without them the template is one as well.
  const homes = await placesToOffer().catch(() => ({ places: [], all: false }));
  const file = await fileOf(templateOf(kind, { language: languageNow(), name: say(registers[kind]), homes }));
  handOver(file, `${say(`sheet.${kind}`)}.xlsx`);
}

const isFaulty = ({ state }: BroughtRow) => state === 'faulty' || state === 'refused';

async function giveFaulty(kind: PeopleKind, rows: readonly BroughtRow[]): Promise<void> {
  const fields = fieldsOf[kind];
  const file = await fileOf([
    {
      name: say(registers[kind]),
      columns: [...fields.map(({ name }) => ({ width: 22, isText: name !== 'on' })), { width: 60 }],
      rows: [
        [...fields.map(({ heading }) => heading[languageNow()]), say('sheet.reason')],
        ...rows.map(({ person, faults }) => [
          ...fields.map(({ name }) => person.written[name] ?? ''),
          faults.map(fault => sentence(kind, fault)).join(languageNow() === 'zh' ? ';' : '; '),
        ]),
      ],
    },
  ]);
  handOver(file, `${say('sheet.reason')}.xlsx`);
}

function Choose({ kind, chosen }: { kind: PeopleKind; chosen: (bringing: Bringing) => void }) {
  const { say: tell } = useWords();
  const input = useRef<HTMLInputElement>(null);
  const [pasted, setPasted] = useState('');
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState<string>();
  const take = async (read: () => Promise<Bringing>) => {
    setBusy(true);
    setWrong(undefined);
    try {
      chosen(await read());
    } catch (error) {
      setWrong(
        error instanceof UnusableFile ? tell(`sheet.${error.reason}`) : error instanceof Error ? error.message : String(error),
      );
    } finally {
      setBusy(false);
    }
  };
  const takeFile = (file: File) =>
    take(async () => {
      const rows = await rowsOf(file);
      return begin(kind, rows, await file.arrayBuffer());
    });
  return (
    <section className="section section-body sheet-steps">
      {wrong ? <Alert type="error" showIcon title={wrong} role="alert" /> : null}
      <h2>{tell('sheet.stepTemplate')}</h2>
      <Button icon={<DownloadOutlined aria-hidden />} onClick={() => void giveTemplate(kind)}>
        {tell('sheet.template')}
      </Button>
      <h2>{tell('sheet.stepUpload')}</h2>
      <p className="quiet">{tell('sheet.limits')}</p>
      <input
        ref={input}
        type="file"
        accept=".xlsx"
        hidden
        aria-label={tell('sheet.choose')}
        onChange={({ target }) => {
          const [file] = target.files ?? [];
          target.value = '';
          if (file) void takeFile(file);
        }}
      />
      <Button type="primary" icon={<UploadOutlined aria-hidden />} loading={busy} onClick={() => input.current?.click()}>
        {tell('sheet.choose')}
      </Button>
      <Input.TextArea
        rows={4}
        value={pasted}
        onChange={event => setPasted(event.target.value)}
        placeholder={tell('sheet.paste')}
        aria-label={tell('sheet.paste')}
        autoComplete="off"
        spellCheck={false}
      />
      <Button
        disabled={pasted.trim() === ''}
        loading={busy}
        onClick={() => void take(() => begin(kind, rowsOfText(pasted), new TextEncoder().encode(pasted)))}
      >
        {tell('sheet.read')}
      </Button>
    </section>
  );
}

const countOf = (rows: readonly BroughtRow[], ...states: readonly BroughtRow['state'][]) =>
  rows.filter(({ state }) => states.includes(state)).length;

function statusOf({ stage, rows }: Brought): string {
  const faulty = rows.filter(isFaulty).length;
  const done = countOf(rows, 'done');
  const left = countOf(rows, 'ready', 'sending');
  switch (stage) {
    case 'checking':
      return say('sheet.checking', { done: rows.length - countOf(rows, 'unchecked'), all: rows.length });
    case 'checked':
      return say('sheet.checked', { ready: left, faulty, before: countOf(rows, 'done-before') });
    case 'sending':
      return say('sheet.sending', { done, all: done + left });
    case 'paused':
      return say('sheet.paused', { done, left });
    case 'finished':
      return say('sheet.finished', { done, faulty });
  }
}

function BroughtTable({ kind, bringing, another }: { kind: PeopleKind; bringing: Bringing; another: () => void }) {
  const { say: tell } = useWords();
  const brought = useSyncExternalStore(bringing.subscribe, bringing.seen);
  const [onlyFaulty, setOnlyFaulty] = useState(false);
  const { stage, rows } = brought;
  const faulty = rows.filter(isFaulty);
  const ready = countOf(rows, 'ready', 'sending');
  const done = countOf(rows, 'done');
  const running = stage === 'checking' || stage === 'sending';
  useEffect(() => {
    if (stage === 'finished') dropDraft(draft(kind));
    else keepDraft(draft(kind), {});
    if (stage === 'finished' || stage === 'paused') void refreshAll();
  }, [kind, stage]);
  const percent =
    stage === 'checking'
      ? (1 - countOf(rows, 'unchecked') / rows.length) * 100
      : done + ready === 0
        ? 100
        : (done / (done + ready)) * 100;
  return (
    <section className="section section-body sheet-steps">
      <p role="status">{statusOf(brought)}</p>
      {stage === 'checked' ? null : <Progress percent={Math.floor(percent)} aria-label={statusOf(brought)} />}
      <div className="page-actions">
        {stage === 'checked' || stage === 'paused' ? (
          <Button type="primary" disabled={ready === 0} onClick={() => void bringing.send()}>
            {stage === 'paused' ? tell('sheet.goOn') : tell('sheet.confirm', { count: ready })}
          </Button>
        ) : null}
        {stage === 'sending' ? <Button onClick={bringing.pause}>{tell('sheet.stop')}</Button> : null}
        {!running && faulty.length > 0 ? (
          <Button icon={<DownloadOutlined aria-hidden />} onClick={() => void giveFaulty(kind, faulty)}>
            {tell('sheet.faultyFile')}
          </Button>
        ) : null}
        {stage === 'sending' ? null : <Button onClick={another}>{tell('sheet.another')}</Button>}
        <Checkbox checked={onlyFaulty} onChange={({ target }) => setOnlyFaulty(target.checked)}>
          {tell('sheet.onlyFaulty')}
        </Checkbox>
      </div>
      <Table<BroughtRow>
        size="small"
        rowKey={({ person }) => person.row}
        dataSource={onlyFaulty ? faulty : [...rows]}
        pagination={{ pageSize: 50, showSizeChanger: false, hideOnSinglePage: true }}
        scroll={{ x: 560 }}
        columns={[
          { title: tell('sheet.row'), key: 'row', width: 60, className: 'number', render: (_, { person }) => person.row },
          { title: tell('sheet.person'), key: 'name', width: 120, render: (_, { person }) => person.name || '—' },
          { title: tell('sheet.state'), key: 'state', width: 150, render: (_, { state }) => tell(`sheetState.${state}`) },
          {
            title: tell('sheet.faults'),
            key: 'faults',
            render: (_, { faults }) => faults.map((fault, nth) => <div key={nth}>{sentence(kind, fault)}</div>),
          },
        ]}
      />
    </section>
  );
}

function BringPeople({ kind }: { kind: PeopleKind }) {
  const { say: tell } = useWords();
  const [bringing, setBringing] = useState(() => underWay.get(kind));
  const choose = (next: Bringing | undefined) => {
    bringing?.pause();
    if (next) underWay.set(kind, next);
    else {
      underWay.delete(kind);
      dropDraft(draft(kind));
    }
    setBringing(next);
    void next?.check();
  };
  return (
    <>
      <PageHead above={<Link to={`/${kind}`}>{tell(registers[kind])}</Link>} title={tell(`sheet.${kind}`)} />
      {bringing ? (
        <BroughtTable kind={kind} bringing={bringing} another={() => choose(undefined)} />
      ) : (
        <Choose kind={kind} chosen={choose} />
      )}
    </>
  );
}

export const BringVolunteersPage = () => <BringPeople kind="volunteers" />;
export const BringWorkersPage = () => <BringPeople kind="workers" />;
