import { randomUUID } from 'node:crypto';
import readExcelFile from 'read-excel-file/node';
import request from 'supertest';
import { READ_SIDE } from '@lib/platform/cqrs/tokens.js';
import { hasPostgres } from '@lib/platform/testing/test-database.js';
import type { Reader, StillReader } from '@lib/platform/read-store/reader.js';
import type { VolunteerTables } from '@lib/volunteering/volunteer/volunteer.views.js';
import { RegisterVolunteer } from '@lib/volunteering/volunteer/volunteer.commands.js';
import {
  accountIdOf,
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

  interface Taken {
    readonly takenAt: string;
    readonly actor: { readonly id: string; readonly name: string; readonly role: string };
    readonly sheet: string;
    readonly words: string;
    readonly rows: number;
    readonly filters: readonly string[];
    readonly searched: boolean;
    readonly position: string;
  }
  const taken = async (account: AccountName, filter = '') =>
    house.as(account).sees<{ rows: readonly Taken[]; next: string | null }>(`/api/taken-lists${filter}`);

  test('an auditor reads who took whom away, when, how many rows, narrowed down to what; the searched words are kept nowhere', async () => {
    const head = await house.store.head();
    await take('staff', `/api/volunteers.xlsx?stage=ACCEPTED&divisionId=${place(beishan)}&q=jsz`);
    const [latest] = (await taken('auditor')).rows;
    expect(latest).toMatchObject({
      actor: { id: accountIdOf('staff'), name: 'staff账号', role: '中心工作人员' },
      sheet: 'volunteerSheet',
      words: '志愿者名册',
      rows: 1,
      filters: ['状态:已接纳', '居住地:北山街道'],
      searched: true,
      position: head,
    });
    expect(Math.abs(Date.parse(latest!.takenAt) - Date.now())).toBeLessThan(60_000);
    const kept = await house.sql<{ line: string }>('select row_to_json(t)::text as line from access.taken_list t');
    expect(kept.length).toBeGreaterThan(0);
    expect(JSON.stringify(kept)).not.toContain('jsz');
    for (const secret of [...here.secrets, ...here.names]) expect(JSON.stringify(kept)).not.toContain(secret);
  });

  test('it is found by the person who stood in it, by account, list and day, and read page by page', async () => {
    await take('registrar', '/api/social-workers.xlsx?posted=true');
    await take('registrar', '/api/social-workers.xlsx?posted=false');
    const about = async (filter: string) => (await taken('auditor', `?${filter}`)).rows.map(({ sheet, rows }) => [sheet, rows]);
    expect(await about(`subjectId=${here.freeWorkerId}&actor=${accountIdOf('registrar')}&limit=1`)).toEqual([['workerSheet', 1]]);
    const latest = await taken('auditor', `?actor=${accountIdOf('registrar')}&sheet=workerSheet&limit=1`);
    expect(latest.rows).toMatchObject([{ filters: ['已驻站:否'] }]);
    const before = await taken('auditor', `?actor=${accountIdOf('registrar')}&sheet=workerSheet&limit=1&cursor=${latest.next}`);
    expect(before.rows).toMatchObject([{ filters: ['已驻站:是'] }]);
    expect(await about('to=2026-01-01')).toEqual([]);
    expect((await about('from=2026-01-01')).length).toBeGreaterThan(2);
  });

  test('who looks into one place does not see what was taken from another; who may not look at all is refused', async () => {
    await take('otherStaff', '/api/volunteers.xlsx');
    const takers = async (account: AccountName) => (await taken(account, '?limit=200')).rows.map(({ actor }) => actor.id);
    expect(await takers('auditor')).not.toContain(accountIdOf('otherStaff'));
    expect(await takers('otherAuditor')).toContain(accountIdOf('otherStaff'));
    expect(await takers('otherAuditor')).not.toContain(accountIdOf('staff'));
    // A list of the whole province holds people of both places.
    await take('provinceRegistrar', '/api/volunteers.xlsx');
    for (const account of ['auditor', 'otherAuditor', 'provinceAuditor', 'countyOversight'] as const)
      expect([account, (await takers(account))[0]]).toEqual([account, accountIdOf('provinceRegistrar')]);
    // A file without rows took nobody away; it stands where they might have been.
    await take('otherStaff', `/api/volunteers.xlsx?q=${encodeURIComponent('没有这个人')}`);
    expect((await taken('otherAuditor')).rows[0]).toMatchObject({ rows: 0, actor: { id: accountIdOf('otherStaff') } });
    for (const account of ['staff', 'worker'] as const)
      expect([account, (await house.as(account).get('/api/taken-lists')).status]).toEqual([account, 403]);
    expect((await house.anybody.get('/api/taken-lists')).status).toBe(401);
  });

  test.each([
    ['sheet=noSheet', 'sheet', '没有“noSheet”这份名册;有:stationSheet, volunteerSheet, workerSheet'],
    ['from=2027-01-01', 'from', '起始日期不能晚于今天'],
    ['from=2026-02-02&to=2026-02-01', 'to', '结束日期不能早于起始日期'],
    ['subjectId=somebody', 'subjectId', ''],
    ['cursor=x', '', ''],
  ])('what makes no sense is refused with a sentence: %s', async (filter, pointer, words) => {
    const answer = await house.as('auditor').get(`/api/taken-lists?${filter}`, { 'accept-language': 'zh-CN' });
    expect(answer.status).toBe(400);
    if (pointer) expect(JSON.stringify(answer.body)).toContain(pointer);
    expect(answer.text).toContain(words);
  });

  test('nothing leaves when it cannot be written down first', async () => {
    await house.sql('alter table access.taken_list rename to taken_list_hidden');
    try {
      const refused = await ask('staff', '/api/volunteers.xlsx');
      expect(refused.status).toBe(500);
      expect(refused.headers['content-type']).toContain('application/problem+json');
      expect(refused.headers['x-rows']).toBeUndefined();
    } finally {
      await house.sql('alter table access.taken_list_hidden rename to taken_list');
    }
    expect((await ask('staff', '/api/volunteers.xlsx')).status).toBe(200);
  });

  test('what was written down is neither changed nor deleted, not even by the owner of the table', async () => {
    for (const change of ['update access.taken_list set rows = 0', 'delete from access.taken_list', 'truncate access.taken_list'])
      await expect(house.sql(change)).rejects.toThrow('what was taken away stays on record');
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
