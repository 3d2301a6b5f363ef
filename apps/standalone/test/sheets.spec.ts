import { randomUUID } from 'node:crypto';
import readExcelFile from 'read-excel-file/node';
import request from 'supertest';
import { READ_SIDE } from '@lib/platform/cqrs/tokens.js';
import { hasPostgres } from '@lib/platform/testing/test-database.js';
import type { Reader, StillReader } from '@lib/platform/read-store/reader.js';
import type { VolunteerTables } from '@lib/volunteering/volunteer/volunteer.views.js';
import { RegisterVolunteer } from '@lib/volunteering/volunteer/volunteer.commands.js';
import {
  beishan,
  furnish,
  idNumber,
  openTestHouse,
  phone,
  place,
  yongchang,
  type AccountName,
  type Furnished,
  type TestHouse,
} from './open-house.js';

type Sheets = Awaited<ReturnType<typeof readExcelFile>>;

(hasPostgres ? describe : describe.skip)('lists as files of Excel', () => {
  let house: TestHouse;
  let here: Furnished;
  let there: Furnished;
  beforeAll(async () => {
    house = await openTestHouse();
    here = await furnish(house, beishan, { registrar: 'registrar', staff: 'staff', from: 1 });
    there = await furnish(house, yongchang, { registrar: 'otherRegistrar', staff: 'otherStaff', from: 11 });
  }, 120_000);
  afterAll(() => house?.close());

  const ask = async (account: AccountName, path: string, language = 'zh-CN') =>
    request(house.url)
      .get(path)
      .set({
        authorization: `Bearer ${house.token(account)}`,
        'accept-language': language,
        'x-after': await house.store.head(),
      })
      .buffer(true)
      .parse((answer, done) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.on('end', () => done(null, Buffer.concat(chunks)));
      });
  const take = async (account: AccountName, path: string, language?: string) => {
    const answer = await ask(account, path, language);
    if (answer.status !== 200) throw new Error(`${path}: ${answer.status} ${String(answer.body)}`);
    const sheets: Sheets = await readExcelFile(answer.body as Buffer);
    const [heading, ...rows] = sheets[0]!.data;
    const about = new Map(sheets[1]!.data.map(([what, value]) => [String(what), String(value)]));
    return { answer, heading: heading!, rows, about };
  };
  const codeOf = (answer: { body: unknown }) => (JSON.parse(String(answer.body)) as { code: string }).code;

  test('who may take which list away', async () => {
    const lists = ['/api/volunteers.xlsx', '/api/social-workers.xlsx', '/api/service-stations.xlsx'];
    // One after another: more than two files at once are refused.
    const found: Record<string, readonly number[]> = {};
    for (const account of ['staff', 'registrar', 'authority', 'worker', 'auditor'] as const) {
      const statuses: number[] = [];
      for (const path of lists) statuses.push((await ask(account, path)).status);
      found[account] = statuses;
    }
    expect(found).toEqual({
      staff: [200, 200, 200],
      registrar: [200, 200, 200],
      authority: [403, 403, 200],
      worker: [403, 403, 403],
      auditor: [403, 403, 403],
    });
    expect((await house.anybody.get(lists[0]!)).status).toBe(401);
  });

  test('the file holds what the list on the screen holds, in the same order and as masked, and nothing of elsewhere', async () => {
    const screen = await house
      .as('staff')
      .sees<{ rows: { name: string; phone: string; registeredOn: string }[] }>('/api/volunteers');
    const { rows, heading, answer } = await take('staff', '/api/volunteers.xlsx');
    expect(heading.slice(0, 4)).toEqual(['编号', '姓名', '状态', '手机号码']);
    expect(rows.map(row => [row[1], row[3], (row[10] as Date).toISOString().slice(0, 10)])).toEqual(
      screen.rows.map(({ name, phone: shown, registeredOn }) => [name, shown, registeredOn]),
    );
    expect(answer.headers['x-rows']).toBe(String(screen.rows.length));
    const text = JSON.stringify(rows);
    for (const secret of [...here.secrets, ...there.secrets]) expect(text).not.toContain(secret);
    expect(rows).toHaveLength(2);
  });

  test('a masked name stays masked in the file', async () => {
    const { rows, heading } = await take('authority', `/api/service-stations.xlsx?centerId=${here.centerId}`);
    expect(rows).toHaveLength(2);
    const worker = heading.indexOf('社工');
    expect(rows.map(row => row[worker]).filter(Boolean)).toEqual(['李*']);
    for (const name of here.names) expect(JSON.stringify(rows)).not.toContain(name);
    const staff = await take('staff', '/api/service-stations.xlsx');
    expect(staff.rows.map(row => row[worker]).filter(Boolean)).toEqual(['李玉兰']);
  });

  test('filters are those of the list; what is out of reach is not there, and what the list does not know is refused', async () => {
    expect((await take('registrar', '/api/volunteers.xlsx?stage=APPLIED')).rows.map(row => row[1])).toEqual([here.names[3]]);
    expect((await take('registrar', `/api/volunteers.xlsx?stationId=${here.stationId}`)).rows).toHaveLength(1);
    expect((await take('registrar', `/api/volunteers.xlsx?divisionId=${place(yongchang)}`)).rows).toEqual([]);
    expect((await take('provinceRegistrar', `/api/volunteers.xlsx?divisionId=${place(yongchang)}`)).rows).toHaveLength(2);
    for (const wrong of ['limit=5', 'cursor=x', 'colour=red', 'stage=GONE']) {
      const answer = await ask('registrar', `/api/volunteers.xlsx?${wrong}`);
      expect([wrong, answer.status]).toEqual([wrong, 400]);
    }
  });

  test('a second sheet says who took it, in which role, with which filters and up to where of the log; so does the log of the process', async () => {
    const head = await house.store.head();
    const { about, answer } = await take('staff', `/api/volunteers.xlsx?stage=ACCEPTED&divisionId=${place(beishan)}&q=jsz`);
    expect(about.get('导出账号')).toBe('staff');
    expect(about.get('角色')).toBe('中心工作人员');
    expect(about.get('行数')).toBe('1');
    expect(about.get('筛选')).toContain('居住地:北山街道');
    expect(about.get('筛选')).toContain('查找:jsz');
    expect(answer.headers['x-position']).toBe(head);
    expect(about.get('日志位置')).toContain(head);
    const line = house.logLines
      .map(text => JSON.parse(text) as Record<string, unknown>)
      .findLast(({ msg }) => msg === 'exported');
    expect(line).toMatchObject({ account: 'staff', sheet: 'volunteerSheet', rows: 1, position: head, searched: true });
    expect(JSON.stringify(line)).not.toContain('jsz');
  });

  test('headings and values come in the language that is asked for', async () => {
    const { heading, rows, about, answer } = await take('staff', '/api/social-workers.xlsx', 'en-GB');
    expect(heading.slice(0, 3)).toEqual(['Name', 'Stage', 'Level']);
    expect(rows[0]![1]).toBe('active');
    expect(about.get('Taken by')).toBe('staff');
    expect(answer.headers['content-disposition']).toMatch(
      /^attachment; filename\*=UTF-8''Social%20workers-\d{4}-\d\d-\d\d\.xlsx$/,
    );
  });

  test('a name that looks like a formula is a text, and stays one', async () => {
    const names = ['=1+1', '＝SUM(A1)', '@cmd', '-2+3', '+86'];
    for (const [nth, name] of names.entries()) {
      await house.as('staff').does(RegisterVolunteer, {
        volunteerId: randomUUID(),
        homeDivisionId: place(beishan),
        name,
        idNumber: idNumber(100 + nth),
        phone: phone(100 + nth),
      });
    }
    const { rows } = await take('staff', '/api/volunteers.xlsx?stage=APPLIED');
    expect(
      rows
        .map(row => row[1])
        .map(String)
        .filter(name => name.startsWith("'"))
        .toSorted(),
    ).toEqual(names.map(name => `'${name}`).toSorted());
  });

  test('who may take 500 people gets no file of 501, and is told so; who may take more gets all, over many pages', async () => {
    const { rows: before } = await take('registrar', '/api/volunteers.xlsx');
    const missing = 501 - before.length;
    for (let nth = 0; nth < missing; nth += 10) {
      await Promise.all(
        Array.from({ length: Math.min(10, missing - nth) }, (_, more) =>
          house.as('staff').does(RegisterVolunteer, {
            volunteerId: randomUUID(),
            homeDivisionId: place(beishan),
            name: `义工${nth + more}`,
            idNumber: idNumber(1_000 + nth + more),
            phone: phone(1_000 + nth + more),
          }),
        ),
      );
    }
    const refused = await ask('staff', '/api/volunteers.xlsx');
    expect([refused.status, codeOf(refused)]).toEqual([409, 'too-many-rows']);
    expect(String(refused.body)).toContain('500');
    const { rows, about } = await take('registrar', '/api/volunteers.xlsx');
    expect(rows).toHaveLength(501);
    expect(new Set(rows.map(row => row[1])).size).toBe(501);
    expect(about.get('行数')).toBe('501');
  }, 120_000);

  test('a third file at the same time is refused with a sentence, and made a moment later', async () => {
    const three = await Promise.all([1, 2, 3].map(() => ask('registrar', '/api/volunteers.xlsx')));
    expect(three.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 200, 503]);
    const busy = three.find(({ status }) => status === 503)!;
    expect([codeOf(busy), busy.headers['retry-after']]).toEqual(['sheets-busy', '1']);
    expect((await ask('registrar', '/api/volunteers.xlsx')).status).toBe(200);
  });

  test('what is registered while the file is made is not in it: all pages are of one moment', async () => {
    const { reader } = house.app.get<{ reader: StillReader }>(READ_SIDE, { strict: false });
    const names = async (from: Reader) =>
      (await from.tables<VolunteerTables>().selectFrom('volunteer').select('name').execute()).length;
    const head = await house.store.head();
    const [before, during, position] = await reader.frozen(async (still, at) => {
      const counted = await names(still);
      await house.as('staff').does(RegisterVolunteer, {
        volunteerId: randomUUID(),
        homeDivisionId: place(beishan),
        name: '来迟了',
        idNumber: idNumber(5_000),
        phone: phone(5_000),
      });
      await house.projector.caughtUpTo(await house.store.head(), 30_000);
      return [counted, await names(still), at] as const;
    });
    expect([during, position]).toEqual([before, head]);
    expect(await names(reader)).toBe(before + 1);
  });
});
