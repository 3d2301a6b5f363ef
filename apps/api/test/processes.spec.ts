import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { office } from '@lib/house/office.js';
import { actorPlaces, recordedFacts } from '@lib/platform/read-store/recorded-facts.js';
import { subjectFacts } from '@lib/platform/read-store/subject-facts.js';
import { hasPostgres } from '@lib/platform/testing/test-database.js';
import { EstablishServiceCenter } from '@lib/service-network/service-center/service-center.commands.js';
import { AssignSocialWorker, OpenServiceStation } from '@lib/service-network/service-station/service-station.commands.js';
import { DefineDivision, RenameDivision } from '@lib/territory/division/division.commands.js';
import { divisionIdOf } from '@lib/territory/division/division.js';
import { LinkVolunteer } from '@lib/volunteering/volunteer-link/volunteer-link.commands.js';
import { AcceptVolunteer, RegisterVolunteer } from '@lib/volunteering/volunteer/volunteer.commands.js';
import { RegisterWorker, SuspendWorker } from '@lib/workforce/social-worker/social-worker.commands.js';
import { sendWithoutPause, type Sent } from './load.js';
import type { Program } from '@lib/platform/processes/program.js';
import { until } from '@lib/platform/processes/until.js';
import { Province } from './programs.js';

const street = divisionIdOf('222401002');
const county = divisionIdOf('222401');

(hasPostgres ? describe : describe.skip)('several processes on one database', () => {
  let province: Province;
  let [first, second]: Program[] = [];
  let projectors: Program[];
  let reactors: Program[];
  const communities: string[] = [];

  beforeAll(async () => {
    province = await Province.found();
    const init = province.start('admin', {}, ['init']);
    expect([await init.ended, init.output]).toEqual([0, expect.stringContaining('Loading the divisions of Jilin 13014/13014')]);
    projectors = [province.start('projector'), province.start('projector')];
    reactors = [province.start('reactor'), province.start('reactor')];
    [first, second] = [province.start('api'), province.start('api')];
    await province.holderAmong(projectors);
    await until('the views have come up', async () => {
      const { projections } = (await second!.health()).body;
      return projections.every(({ behind, state }) => behind === 0 && state === 'following');
    });
    const { rows } = await province.pool.query<{ division_id: string }>(
      `select division_id from read.division where parent_id = $1 and recorded_until is null order by code`,
      [street],
    );
    communities.push(...rows.map(row => row.division_id));
  }, 180_000);
  // Dropping a database waits for a checkpoint, which takes its time on a busy disk.
  afterAll(() => province?.close(), 180_000);

  const other = (programs: readonly Program[], than: Program) => programs.find(program => program !== than)!;
  const centerId = randomUUID();
  const person = (nth: number) => ({
    name: '金顺哲',
    idNumber: idNumbers[nth]!,
    phone: `1384330000${nth}`,
    homeDivisionId: street,
  });
  const idNumbers = ['222401196001011001', '222401196001011028', '222401196001011044'].map(withCheckDigit);

  async function station(api: Program, community: string): Promise<string> {
    const stationId = randomUUID();
    await province.does(api, 'staff', OpenServiceStation, { stationId, centerId, name: '社工服务站', communities: [community] });
    return stationId;
  }
  const cardOf = (id: string, after: string) =>
    province.sees<{ worker: { id: string } | null; revision?: number }>(first!, 'staff', `/api/service-stations/${id}`, after);

  test('a second start of the first day changes nothing', async () => {
    const { rows } = await province.pool.query<{ position: string }>('select position from log.log_head');
    const again = province.start('admin', {}, ['init']);
    expect(await again.ended).toBe(0);
    expect(again.output).not.toMatch(/Loading|Pilot accounts/);
    expect((await province.pool.query('select position from log.log_head')).rows).toEqual(rows);
  });

  test('a street gets center, station, worker and volunteer at one door, and each is seen at the other at once', async () => {
    const [workerId, volunteerId] = [randomUUID(), randomUUID()];
    const center = { centerId, divisionId: street, name: '北山街道社工服务中心' };
    let { position } = await province.does(first!, 'registrar', EstablishServiceCenter, center);
    const seen = await province.sees(second!, 'registrar', `/api/service-centers/${centerId}`, position);
    expect(seen).toMatchObject({ centerId, name: center.name });

    const stationId = await station(first!, communities[0]!);
    await province.does(second!, 'staff', RegisterWorker, { workerId, ...person(0) });
    ({ position } = await province.does(first!, 'staff', AssignSocialWorker, { stationId, workerId }));
    const card = await province.sees(second!, 'staff', `/api/service-stations/${stationId}`, position);
    expect(card).toMatchObject({ worker: { id: workerId } });

    await province.does(second!, 'staff', RegisterVolunteer, { volunteerId, ...person(1) });
    await province.does(first!, 'staff', AcceptVolunteer, { volunteerId });
    ({ position } = await province.does(second!, 'staff', LinkVolunteer, { volunteerId, stationId }));
    const volunteer = await province.sees(first!, 'staff', `/api/volunteers/${volunteerId}`, position);
    expect(volunteer).toMatchObject({ stage: 'ACCEPTED', links: [{ stationId }] });
  });

  test('what was decided about a place at one door counts at the other in the same moment', async () => {
    const divisionId = randomUUID();
    const fields = { divisionId, code: '222401199', name: '新设街道', kind: 'SUBDISTRICT', parentId: county };
    await province.does(first!, 'authority', DefineDivision, fields);
    // A door that did not know the new street yet would say 404.
    const founded = { centerId: randomUUID(), divisionId, name: '新设街道社工服务中心' };
    await province.does(second!, 'authority', EstablishServiceCenter, founded);
  });

  test('a change at one door is told at the other, when its views show it', async () => {
    const stop = new AbortController();
    const authorization = `Bearer ${await province.token(second!, 'staff')}`;
    const stream = await fetch(`${await second!.url()}/api/stream`, { headers: { authorization }, signal: stop.signal });
    let heard = '';
    const reading = (async () => {
      const decoder = new TextDecoder();
      for await (const chunk of stream.body!) heard += decoder.decode(chunk as Uint8Array, { stream: true });
    })().catch(() => undefined);
    const stationId = await station(first!, communities[1]!);
    await until('the change is told', () => heard.includes(stationId));
    expect(heard).toContain('"type":"ServiceStationOpened"');
    expect((await province.asks(second!, 'staff', `/api/service-stations/${stationId}`)).status).toBe(200);
    stop.abort();
    await reading;
  });

  test('a projector that is killed is taken over from, and meanwhile nobody is shown something old as new', async () => {
    const holder = await province.holderAmong(projectors);
    const waiting = other(projectors, holder);
    expect((await waiting.health()).body).toMatchObject({ status: 'ready', lease: { state: 'waiting' } });
    holder.signal('SIGKILL');
    await holder.ended;
    const { position } = await province.does(first!, 'authority', RenameDivision, { divisionId: street, name: '北山街道一' });
    let answers = 0;
    await until('the other one has folded it', async () => {
      const answer = await province.asks(first!, 'staff', `/api/divisions/${street}`, position);
      answers += 1;
      if (answer.status === 503) return false;
      expect([answer.status, await answer.json()]).toEqual([200, expect.objectContaining({ name: '北山街道一' })]);
      return true;
    });
    expect(answers).toBeGreaterThan(1);
    expect(await province.holderAmong([waiting])).toBe(waiting);
    projectors = [waiting, province.start('projector')];
    await projectors[1]!.url();
  });

  test('a projector that was paused for too long writes nothing when it wakes up, and waits', async () => {
    const holder = await province.holderAmong(projectors);
    const next = other(projectors, holder);
    const write = (name: string) => province.does(first!, 'authority', RenameDivision, { divisionId: street, name });
    await write('北山街道二');
    holder.signal('SIGSTOP');
    const { position } = await write('北山街道三');
    await province.holderAmong([next]);
    await until('the other one has folded it', async () => {
      const answer = await province.asks(first!, 'staff', `/api/divisions/${street}`, position);
      return answer.status === 200;
    });
    holder.signal('SIGCONT');
    await holder.says(/the lease is lost; waiting for it/);
    const last = await write('北山街道');
    expect(await province.sees(first!, 'staff', `/api/divisions/${street}`, last.position)).toMatchObject({ name: '北山街道' });
    expect((await holder.health()).body.lease).toMatchObject({ state: 'waiting' });
  });

  test('a reactor that is killed is taken over from, and each fact is answered once', async () => {
    const [workerId, stationId] = [randomUUID(), await station(first!, communities[2]!)];
    await province.does(first!, 'staff', RegisterWorker, { workerId, ...person(2) });
    await province.does(first!, 'staff', AssignSocialWorker, { stationId, workerId });
    const holder = await province.holderAmong(reactors);
    holder.signal('SIGKILL');
    await holder.ended;
    const { position } = await province.does(first!, 'registrar', SuspendWorker, { workerId, reason: '调查' });
    await until('the station is vacant', async () => (await cardOf(stationId, position)).worker === null);
    const { rows } = await province.pool.query(`select from log.events where stream = $1 and type = 'SocialWorkerRelieved'`, [
      `serviceStation-${stationId}`,
    ]);
    expect(rows).toHaveLength(1);
    expect(await province.holderAmong([other(reactors, holder)])).toBe(other(reactors, holder));
  });

  /** Eight people who never pause, at a door that is told to go. A distributor sees by its health that it takes no more. */
  async function underLoad(
    go: (api: Program) => void,
  ): Promise<{ readonly sent: readonly Sent[]; readonly code: number | null }> {
    const api = province.start('api', { YIZHAN_DRAIN_WAIT: '1500', YIZHAN_LOG_LEVEL: 'warn' });
    const [url, token] = [await api.url(), await province.token(api, 'authority')];
    let away = false;
    const people = communities.slice(0, 8).map((divisionId, person) =>
      sendWithoutPause(
        url,
        token,
        nth => ({ path: `/api/divisions/${divisionId}/rename-division`, body: { name: `第${person}社区 ${nth}` } }),
        () => away,
      ),
    );
    await delay(500);
    go(api);
    const distributor = (async () => {
      while (!away) {
        const ready = await fetch(`${url}/api/health/ready`, { headers: { connection: 'close' } }).catch(() => undefined);
        if (ready?.status !== 200) away = true;
        else await delay(20);
      }
    })();
    const sent = (await Promise.all(people)).flat();
    await distributor;
    return { sent, code: await api.ended };
  }

  test('a door that is told to stop under load answers everything that came in, and cuts no connection', async () => {
    const { sent, code } = await underLoad(api => api.signal('SIGTERM'));
    expect(code).toBe(0);
    expect(sent.length).toBeGreaterThan(8);
    expect(sent.filter(({ status }) => status !== 200)).toEqual([]);
    const { rows } = await province.pool.query<{ count: string }>(
      `select count(*) from log.events where position = any($1) and type = 'DivisionRenamed'`,
      [sent.map(({ position }) => position)],
    );
    expect(Number(rows[0]!.count)).toBe(sent.length);
  });

  test('a door that is killed under load is caught by the same scene', async () => {
    const { sent } = await underLoad(api => api.signal('SIGKILL'));
    expect(sent.filter(({ error }) => error !== undefined)).not.toEqual([]);
  });

  test('a read model is rebuilt while everything runs, and the projector goes on with the new table', async () => {
    const table = async () =>
      (
        await province.pool.query<{ table_name: string }>(
          `select table_name from read.projection where name = 'division' and stage = 'serving'`,
        )
      ).rows[0]!.table_name;
    const before = await table();
    const rebuilding = province.start('admin', {}, ['rebuild', 'division']);
    let written = 0;
    while (rebuilding.running) {
      const name = `北山街道第${(written += 1)}次`;
      const { position } = await province.does(first!, 'authority', RenameDivision, { divisionId: street, name });
      expect(await province.sees(second!, 'staff', `/api/divisions/${street}`, position)).toMatchObject({ name });
    }
    expect([await rebuilding.ended, rebuilding.output]).toEqual([0, expect.stringMatching(/swapped in division (\d+)/)]);
    expect(await table()).not.toBe(before);
    const { position } = await province.does(first!, 'authority', RenameDivision, { divisionId: street, name: '北山街道' });
    expect(await province.sees(second!, 'staff', `/api/divisions/${street}`, position)).toMatchObject({ name: '北山街道' });
  });

  test('in the end the log is whole, and what is shown is what it says', async () => {
    const verifying = province.start('admin', {}, ['verify']);
    expect([await verifying.ended, verifying.output]).toEqual([0, expect.stringMatching(/log: \d+ facts, .*, 0 faults/)]);
    const readModels = [...office.flatMap(({ projections }) => projections), subjectFacts, recordedFacts, actorPlaces];
    expect(verifying.output.match(/^✓ (\w+)/gm)?.sort()).toEqual(readModels.map(({ name }) => `✓ ${name}`).sort());
    expect(verifying.output).not.toContain('✗');
  });

  test('and a row that somebody changed behind its back is found', async () => {
    const table = `(select table_name from read.projection where name = 'division' and stage = 'serving')`;
    const { rows } = await province.pool.query<{ table_name: string }>(table.slice(1, -1));
    await province.pool.query(`update read.${rows[0]!.table_name} set name = '别处' where division_id = $1`, [county]);
    const verifying = province.start('admin', {}, ['verify', 'division']);
    expect(await verifying.ended).toBe(1);
    expect(verifying.output).toMatch(/^✗ division: \d+ rows, [1-9]\d* differ/m);
  });

  test('told to stop, each ends in order', async () => {
    const running = province.programs.filter(program => program.running);
    expect(running.map(({ app }) => app).sort()).toEqual(['api', 'api', 'projector', 'projector', 'reactor']);
    expect(await Promise.all(running.map(program => program.stops()))).toEqual(running.map(() => 0));
  });
});

function withCheckDigit(seventeenAndOne: string): string {
  const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
  const digits = seventeenAndOne.slice(0, 17);
  return digits + '10X98765432'[weights.reduce((sum, weight, at) => sum + weight * Number(digits[at]), 0) % 11]!;
}
