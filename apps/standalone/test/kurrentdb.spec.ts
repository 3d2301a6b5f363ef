import { randomBytes, randomUUID } from 'node:crypto';
import pino from 'pino';
import { openHouse } from '@lib/house/house.js';
import { LogUnusable } from '@lib/house/log.js';
import { endsAppend } from '@lib/platform/event-store/event-store.js';
import { KurrentDouble } from '@lib/platform/event-store/kurrentdb/double/kurrent-double.js';
import { MasterKey } from '@lib/platform/privacy/master-key.js';
import { createTestDatabase, hasPostgres } from '@lib/platform/testing/test-database.js';
import { RenameServiceCenter } from '@lib/service-network/service-center/service-center.commands.js';
import { CloseServiceStation } from '@lib/service-network/service-station/service-station.commands.js';
import type { ServiceStationCard } from '@lib/service-network/service-station/service-station.views.js';
import type { VolunteerCard } from '@lib/volunteering/volunteer/volunteer.views.js';
import { SuspendWorker } from '@lib/workforce/social-worker/social-worker.commands.js';
import { beishan, furnish, openTestHouse, type Furnished, type TestHouse } from './open-house.js';

/** The whole office with its facts in KurrentDB, on a double of the server: a day of a street, and what only this log can do to it. */
(hasPostgres ? describe : describe.skip)('a day of the office with its facts in KurrentDB', () => {
  let house: TestHouse;
  let double: KurrentDouble;
  let here: Furnished;

  beforeAll(async () => {
    house = await openTestHouse('kurrentdb');
    double = house.double!;
    here = await furnish(house, beishan, { registrar: 'registrar', staff: 'staff', from: 0 });
  });
  afterAll(() => house?.close());

  const rename = (name: string, headers: Readonly<Record<string, string>> = {}) =>
    house.as('registrar').send(`/api/service-centers/${here.centerId}/rename-service-center`, { name }, headers);

  test('everything is there, in one order, whole, and none of it is the server’s own', async () => {
    const events = await house.everything();
    expect(events.filter(({ type }) => type.startsWith('$'))).toEqual([]);
    expect(events.filter(({ metadata }) => metadata.index === '0')).toHaveLength(events.filter(endsAppend).length);
    expect(double.log.records.length).toBeGreaterThan(events.length);
    expect(await house.sql(`select to_regclass('log.events') as log`)).toEqual([{ log: null }]);
  });

  test('what was done is seen at once, a suspended worker is relieved, and yesterday is still there', async () => {
    const path = `/api/service-stations/${here.stationId}`;
    const worked = await house.as('staff').sees<ServiceStationCard>(path);
    const before = await house.store.head();
    await house.as('registrar').does(SuspendWorker, { workerId: here.workerId, reason: '调查' });
    await house.quiet();
    const vacant = await house.as('staff').sees<ServiceStationCard>(path);
    expect(vacant).not.toEqual(worked);
    expect(await house.as('staff').sees<ServiceStationCard>(`${path}?asOf=${before}`)).toEqual(worked);
    const inside = (await house.everything(before)).find(event => !endsAppend(event));
    expect(inside).toBeDefined();
    expect(await house.as('staff').sees<ServiceStationCard>(`${path}?asOf=${inside!.position}`)).toEqual(worked);
    expect(await house.reactor.parked()).toBe(0);
  });

  test('a closed station lets its volunteers go', async () => {
    await house.as('staff').does(CloseServiceStation, { stationId: here.stationId, reason: '合并' });
    await house.quiet();
    const card = await house.as('staff').sees<VolunteerCard>(`/api/volunteers/${here.volunteerId}`);
    expect(card.links).toMatchObject([{ stationId: here.stationId, because: 'STATION_CLOSED' }]);
  });

  test('an answer of the log is lost: the command is done once, and every repetition has the same receipt', async () => {
    const headers = { 'idempotency-key': randomUUID() };
    const before = await house.store.head();
    double.loseNextAnswer();
    const first = await rename('北山街道中心', headers);
    expect(first.status).toBe(200);
    const again = await Promise.all(Array.from({ length: 8 }, () => rename('北山街道中心', headers)));
    for (const { status, body } of again) expect([status, body]).toEqual([200, first.body]);
    const written = await house.everything(before);
    expect(written.map(({ type }) => type)).toEqual(['ServiceCenterRenamed']);
    expect(written[0]!.position).toBe((first.body as { position: string }).position);
  });

  test('rivals for one center: each rename is written on the one before', async () => {
    const answers = await Promise.all(Array.from({ length: 12 }, (_, nth) => rename(`第${nth}个名字`)));
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 12 }, () => 200));
    const history = (await house.store.read([`serviceCenter-${here.centerId}`])).get(`serviceCenter-${here.centerId}`)!;
    expect(history.map(({ revision }) => revision)).toEqual(history.map((_, nth) => nth));
  });

  test('one listens from a position that was never one: everything is to be loaded anew', async () => {
    const beside = String(BigInt(await house.store.head()) - 1n);
    const closing = new AbortController();
    const response = await fetch(`${house.url}/api/stream`, {
      headers: { authorization: `Bearer ${house.token('staff')}`, 'last-event-id': beside },
      signal: closing.signal,
    });
    let text = '';
    for await (const chunk of response.body!) {
      text += Buffer.from(chunk).toString('utf8');
      if (text.includes('event: ')) break;
    }
    closing.abort();
    expect(text).toContain('event: reset');
  });

  test('the server goes away and comes back: it is said, and then everything goes on by itself', async () => {
    const ready = async () => (await house.anybody.get('/api/health/ready')) as { status: number; body: { durability: string } };
    expect(await ready()).toMatchObject({ status: 200, body: { durability: 'kurrent-quorum' } });
    await double.gate.refuse();
    expect((await ready()).status).toBe(503);
    await double.gate.open();
    const name = '服务器回来以后';
    await house.as('registrar').does(RenameServiceCenter, { centerId: here.centerId, name });
    await house.quiet();
    expect(await house.as('staff').sees(`/api/service-centers/${here.centerId}`)).toMatchObject({ name });
    expect((await ready()).status).toBe(200);
  });

  describe('the start ends with a sentence', () => {
    const masterKey = new MasterKey(randomBytes(32));
    const log = pino({ level: 'silent' });
    const wordsOf = async (opening: Promise<unknown>) => {
      const refused = await opening.then(
        () => undefined,
        (error: unknown) => error,
      );
      expect(refused).toBeInstanceOf(LogUnusable);
      return (refused as LogUnusable).words;
    };

    test('when the read models follow another log, of the other kind or on another server', async () => {
      const elsewhere = await KurrentDouble.start();
      const opening = (factsIn: Parameters<typeof openHouse>[0]['factsIn']) =>
        wordsOf(openHouse({ databases: house.databases, masterKey: house.masterKey, log, factsIn }));
      for (const words of [await opening({ kind: 'postgres' }), await opening({ kind: 'kurrentdb', url: elsewhere.url })]) {
        expect(words.zh).toMatch(/属于另一个日志/);
        expect(words.en).toMatch(/belongs to another log/);
      }
      await elsewhere.stop();
    });

    test('when the server is too old, or nobody is there', async () => {
      const [database, keys] = await Promise.all([createTestDatabase(), createTestDatabase()]);
      const databases = { log: database.url, keys: keys.url };
      const old = await KurrentDouble.start({ version: '26.0.3' });
      const opening = () => wordsOf(openHouse({ databases, masterKey, log, factsIn: { kind: 'kurrentdb', url: old.url } }));
      expect((await opening()).en).toMatch(/must be version 26\.1 or newer .*26\.0\.3/);
      await old.stop();
      expect((await opening()).zh).toMatch(/^连不上 KurrentDB/);
      await Promise.all([database.drop(), keys.drop()]);
    });
  });
});
