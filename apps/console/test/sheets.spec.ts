import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import readExcelFile from 'read-excel-file/node';
import writeExcelFile from 'write-excel-file/node';
import { inflating, li, lying, sheetOf, sheetPath, workbook } from './hostile-files.ts';
import { choose } from './list.js';
import { furnish, hasBrowser, idNumber, openConsole, patience, phone, type Opened, type Visit } from './open-console.js';

jest.setTimeout(4 * patience);

const heading = ['手机号码', '姓名', '身份证号码', '居住地', '技能', '登记日期'];
const person = (nth: number, name: string) => [phone(nth), name, idNumber(nth), '北山街道', '陪伴、急救', ''];

(hasBrowser ? describe : describe.skip)('people come from a sheet of Excel, and go into one', () => {
  let opened: Opened;
  let staff: Visit;
  let folder: string;
  beforeAll(async () => {
    opened = await openConsole();
    await furnish(opened);
    staff = await opened.visit('staff');
    folder = mkdtempSync(join(tmpdir(), 'yizhan-sheets-'));
  }, 4 * patience);
  afterAll(async () => {
    rmSync(folder, { recursive: true, force: true });
    await opened?.close();
  }, patience);

  const written = async (name: string, rows: readonly (readonly unknown[])[]) => {
    const path = join(folder, name);
    await writeExcelFile(rows.map(row => [...row]) as never).toFile(path);
    return path;
  };
  const upload = async (path: string) => {
    await staff.goTo('/volunteers/sheet');
    await staff.page.locator('input[type=file]').setInputFiles(path);
  };
  const saved = async (button: string) => {
    const [download] = await Promise.all([
      staff.page.waitForEvent('download'),
      staff.page.getByRole('button', { name: button }).click(),
    ]);
    const path = join(folder, download.suggestedFilename());
    await download.saveAs(path);
    return path;
  };
  const downloaded = async (button: string) => (await readExcelFile(await saved(button)))[0]!.data;
  const named = async (name: string) =>
    (await opened.asks<{ rows: { name: string }[] }>('staff', `volunteers?q=${encodeURIComponent(name)}`)).rows;
  /** Waits until the register has so many of that name; the views are a moment behind. */
  const registered = async (name: string, count: number) => {
    for (const until = Date.now() + patience; (await named(name)).length !== count && Date.now() < until;)
      await new Promise(resolve => setTimeout(resolve, 50));
    expect(await named(name)).toHaveLength(count);
  };

  test('the template is a file that the page itself takes, once the example is replaced', async () => {
    await staff.goTo('/volunteers/sheet');
    const [head, example] = await downloaded('下载模板');
    expect(head).toEqual(['姓名', '身份证号码', '手机号码', '居住地', '技能', '意愿领域', '登记日期']);
    expect(example![0]).toMatch(/^示例/);
  });

  test('what the template offers is taken when it is chosen', async () => {
    const { page, goTo } = staff;
    await goTo('/volunteers/sheet');
    const [people, , choices] = await readExcelFile(await saved('下载模板'));
    const column = (name: string) =>
      choices!.data
        .slice(1)
        .map(row => row[choices!.data[0]!.indexOf(name)])
        .filter(Boolean);
    expect(choices!.data[0]).toEqual(['居住地', '技能', '意愿领域']);
    expect(column('居住地')).toContain('北山街道');
    const chosen = column('居住地').map((place, nth) => [
      `选项${nth}`,
      idNumber(401 + nth),
      phone(401 + nth),
      place,
      column('技能')[nth] ?? '',
      column('意愿领域').at(-1 - nth) ?? '',
      '',
    ]);
    await upload(await written('chosen.xlsx', [people!.data[0]!, ...chosen]));
    await page.getByText(`${chosen.length} 人可以登记,0 行有问题`).waitFor();
    await page.getByRole('button', { name: '换一个文件' }).click();
  });

  test('what is wrong is said row by row before anything is sent; what is right is registered, the rest is mended and uploaded again', async () => {
    const { page, picture, barriers } = staff;
    await upload(
      await written('first.xlsx', [
        heading,
        person(101, '张来一'),
        person(102, '张来二'),
        [phone(103), '张坏一', 222401198001010300, '北山街道', '陪伴', ''],
        [phone(104), '张坏二', idNumber(101), '北山街道', '陪伴', ''],
        [],
        [phone(105), '张坏三', idNumber(105).replace(/.$/, last => (last === '1' ? '2' : '1')), '北山街道', '', ''],
        [phone(106), '张坏四', idNumber(106), '无此街道', '飞行', '2026-02-30'],
      ]),
    );
    await page.getByText('2 人可以登记,4 行有问题').waitFor();
    const row = (name: string) => page.locator('tr', { hasText: name });
    await row('张来一').getByText('将登记').waitFor();
    await row('张坏一').getByText('身份证号码:Excel 把它变成了数字').waitFor();
    await row('张坏二').getByText('身份证号码:与第 2 行相同').waitFor();
    // The server's own sentence.
    await row('张坏三').getByText('身份证号码:身份证号码不正确(GB 11643)').waitFor();
    await row('张坏三').getByText('7', { exact: true }).waitFor();
    await row('张坏四').getByText('居住地:没有叫“无此街道”的街镇或社区').waitFor();
    await row('张坏四').getByText('技能:没有“飞行”这一项').waitFor();
    await row('张坏四').getByText('登记日期:“2026-02-30”不是日期').waitFor();
    expect(await named('张来一')).toEqual([]);
    expect(await barriers()).toEqual([]);
    await picture('sheet-checked');

    await page.getByRole('button', { name: '登记这 2 人' }).click();
    await page.getByText('完成:登记了 2 人,4 行没有登记').waitFor();
    await registered('张来二', 1);
    expect(await named('张坏')).toEqual([]);

    const [head, ...faulty] = await downloaded('下载有问题的行(改好后再上传)');
    expect(faulty.map(cells => cells[0])).toEqual(['张坏一', '张坏二', '张坏三', '张坏四']);
    expect(String(faulty[0]!.at(-1))).toContain('Excel 把它变成了数字');
    const mended = faulty.map((cells, nth) => {
      const all = cells.slice(0, head!.length);
      return all.map((cell, column) => {
        if (head![column] === '身份证号码') return idNumber(103 + nth);
        if (head![column] === '居住地') return '北山街道';
        return ['技能', '登记日期'].includes(String(head![column])) ? '' : cell;
      });
    });
    await page.getByRole('button', { name: '换一个文件' }).click();
    await page.locator('input[type=file]').setInputFiles(await written('mended.xlsx', [head!, ...mended]));
    await page.getByRole('button', { name: '登记这 4 人' }).click();
    await page.getByText('完成:登记了 4 人,0 行没有登记').waitFor();
    await registered('张坏', 4);
  });

  test('stopped in the middle and continued, and uploaded once more: everybody is registered once', async () => {
    const { page } = staff;
    const people = Array.from({ length: 12 }, (_, nth) => person(201 + nth, `王续${nth}`));
    const path = await written('long.xlsx', [heading, ...people]);
    const keys: (string | undefined)[] = [];
    let letGo = () => {};
    const held = new Promise<void>(release => (letGo = release));
    await upload(path);
    await page.getByText('12 人可以登记').waitFor();
    await page.route('**/api/volunteers', async route => {
      if (route.request().method() !== 'POST') return route.continue();
      keys.push(route.request().headers()['idempotency-key']);
      if (keys.length > 3) await held;
      return route.continue().catch(() => undefined);
    });
    await page.getByRole('button', { name: '登记这 12 人' }).click();
    await page.getByText('正在登记 3/12').waitFor();
    await page.getByRole('button', { name: '停下' }).click();
    await page.getByText('已停下:登记了 3 人,还有 9 人').waitFor();
    // What was on its way arrives although nobody waits for it any more.
    letGo();
    await page.getByRole('link', { name: '志愿者', exact: true }).first().click();
    await page.getByRole('link', { name: '从 Excel 登记' }).click();
    await page.getByRole('button', { name: '继续' }).click();
    await page.getByText('完成:登记了 12 人').waitFor();
    await page.unroute('**/api/volunteers');
    expect(new Set(keys).size).toBe(12);
    expect(keys.length).toBeGreaterThan(12);
    await registered('王续', 12);

    await upload(path);
    await page.getByText('0 人可以登记,0 行有问题,12 人此前已由本文件登记').waitFor();
    await page.getByText('此前已登记,不再重复').first().waitFor();
  });

  test('hundreds of people: it is shown how far it is, it is stopped half-way and goes on, and nobody is registered twice', async () => {
    const { page } = staff;
    const people = Array.from({ length: 300 }, (_, nth) => person(610 + nth, `赵众${nth}`));
    let sent = 0;
    let letGo = () => {};
    const held = new Promise<void>(release => (letGo = release));
    await upload(await written('hundreds.xlsx', [heading, ...people]));
    await page.getByText('300 人可以登记,0 行有问题').waitFor();
    await page.route('**/api/volunteers', async route => {
      if (route.request().method() !== 'POST') return route.continue();
      sent += 1;
      if (sent > 150) await held;
      return route.continue().catch(() => undefined);
    });
    await page.getByRole('button', { name: '登记这 300 人' }).click();
    await page.getByText('正在登记 150/300').waitFor();
    expect(await page.getByRole('progressbar').getAttribute('aria-valuenow')).toBe('50');
    await page.getByRole('button', { name: '停下' }).click();
    await page.getByText('已停下:登记了 150 人,还有 150 人').waitFor();
    letGo();
    await page.getByRole('button', { name: '继续' }).click();
    await page.getByText('完成:登记了 300 人,0 行没有登记').waitFor();
    await page.unroute('**/api/volunteers');
    const everybody = async (cursor = ''): Promise<readonly string[]> => {
      const path = `volunteers?q=${encodeURIComponent('赵众')}&limit=200${cursor && `&cursor=${encodeURIComponent(cursor)}`}`;
      const { rows, next } = await opened.asks<{ rows: { name: string }[]; next?: string | null }>('staff', path);
      return [...rows.map(({ name }) => name), ...(next ? await everybody(next) : [])];
    };
    for (const until = Date.now() + patience; (await everybody()).length < 300 && Date.now() < until;)
      await new Promise(resolve => setTimeout(resolve, 50));
    expect((await everybody()).toSorted()).toEqual(people.map(cells => String(cells[1])).toSorted());
  });

  test('a table that is pasted is read as well, and a file that is none is refused in words', async () => {
    const { page, goTo } = staff;
    await goTo('/volunteers/sheet');
    await page.getByLabel('粘贴(连同表头)').fill('姓名\t手机号码\n李四\t13900000000');
    await page.getByRole('button', { name: '读取粘贴的内容' }).click();
    await page.getByRole('alert').getByText('缺少列:身份证号码、居住地').waitFor();
    await page.getByLabel('粘贴(连同表头)').fill(`${heading.join('\t')}\n${person(301, '粘贴一').join('\t')}`);
    await page.getByRole('button', { name: '读取粘贴的内容' }).click();
    await page.getByText('1 人可以登记').waitFor();
    await page.getByRole('button', { name: '换一个文件' }).click();
    await page
      .locator('input[type=file]')
      .setInputFiles({ name: 'x.xlsx', mimeType: 'application/zip', buffer: Buffer.from('no zip') });
    await page.getByRole('alert').getByText('读不出来').waitFor();
  });

  test('a file that was made to do harm is refused in the language of whoever brings it, and the next is read', async () => {
    const bomb = workbook(inflating(150));
    const files = {
      'bomb.xlsx': [bomb, '文件太大,或解开后太大', 'The file is too large, as it is or unpacked'],
      'lying.xlsx': [lying(bomb, sheetPath, 5_000), '文件太大,或解开后太大', 'The file is too large, as it is or unpacked'],
      'far.xlsx': [workbook(sheetOf('<row r="90000000"><c r="A90000000"><v>1</v></c></row>')), '读不出来', 'It cannot be read'],
      'laughs.xlsx': [workbook(sheetOf(li, '<!DOCTYPE a [<!ENTITY l "&l;">]>')), '读不出来', 'It cannot be read'],
      'half.xlsx': [bomb.subarray(0, bomb.length / 2), '读不出来', 'It cannot be read'],
    } as const;
    const reader = await opened.visit('staff', { language: 'en' });
    for (const [name, [buffer, zh, en]] of Object.entries(files))
      for (const [{ page, goTo }, sentence] of [[staff, zh] as const, [reader, en] as const]) {
        await goTo('/volunteers/sheet');
        await page.locator('input[type=file]').setInputFiles({ name, mimeType: 'application/zip', buffer });
        await page.getByRole('alert').getByText(sentence).waitFor();
      }
    await upload(await written('after.xlsx', [heading, person(501, '后来')]));
    await staff.page.getByText('1 人可以登记').waitFor();
    await staff.page.getByRole('button', { name: '换一个文件' }).click();
    await reader.context.close();
  });

  test('a file that is read for too long is given up, and the next is read', async () => {
    const { page, goTo } = staff;
    await goTo('/volunteers/sheet');
    const endless = { contentType: 'text/javascript', body: 'onmessage = () => { for (;;); };' };
    await page.route('**/sheet.thread*', route => route.fulfill(endless));
    const path = await written('slow.xlsx', [heading, person(601, '慢慢')]);
    const began = Date.now();
    await page.locator('input[type=file]').setInputFiles(path);
    await page.getByRole('alert').getByText('读取超时').waitFor();
    expect(Date.now() - began).toBeGreaterThan(25_000);
    await page.unroute('**/sheet.thread*');
    await upload(path);
    await page.getByText('1 人可以登记').waitFor();
    await page.getByRole('button', { name: '换一个文件' }).click();
  });

  test('the list on the screen is taken away as a file, with its filters', async () => {
    const { page, goTo } = staff;
    await goTo('/volunteers');
    await page.locator('.filters input').first().fill('王续');
    await page.getByText('共 12 人').waitFor();
    const [head, ...rows] = await downloaded('导出 Excel');
    expect(head!.slice(0, 3)).toEqual(['编号', '姓名', '状态']);
    expect(rows.map(row => String(row[1])).toSorted()).toEqual(Array.from({ length: 12 }, (_, nth) => `王续${nth}`).toSorted());
    for (const row of rows) expect(row[3]).toMatch(/^139\*{4}\d{4}$/);
  });

  test('the auditor sees who took it, how many rows, and narrowed down to what, and finds it among others by list', async () => {
    const auditor = await opened.visit('auditor');
    const { page, goTo, barriers, picture } = auditor;
    await goTo('/history');
    await page.getByRole('link', { name: '名册导出记录' }).click();
    const row = page.locator('.ant-table-row', { hasText: '志愿者名册' });
    await row.getByText('另有查找(内容不留存)').waitFor();
    for (const text of ['12', '服务中心工作人员(中心工作人员)']) await row.getByText(text, { exact: true }).waitFor();
    expect(await page.getByText('王续').count()).toBe(0);
    await page.getByText('共 1 次导出').waitFor();
    expect(await barriers()).toEqual([]);
    await picture('taken-lists');
    await page.getByLabel('名册', { exact: true }).click();
    await choose(page, '社工名册');
    await page.getByText('没有人导出过名册').waitFor();
    expect(auditor.complaints).toEqual([]);
    await auditor.context.close();
  });

  test('an export says that it is at work, and is given up when it is pressed again', async () => {
    const { page, goTo } = staff;
    let letGo = () => {};
    const held = new Promise<void>(release => (letGo = release));
    let files = 0;
    page.on('download', () => (files += 1));
    await goTo('/volunteers');
    await page.route('**/api/volunteers.xlsx*', async route => {
      await held;
      return route.continue().catch(() => undefined);
    });
    await page.getByRole('button', { name: '导出 Excel' }).click();
    const atWork = page.getByRole('button', { name: '正在生成,点此取消' });
    expect(await atWork.getAttribute('aria-busy')).toBe('true');
    await Promise.all([
      page.waitForEvent('requestfailed', request => request.url().includes('/api/volunteers.xlsx')),
      atWork.click(),
    ]);
    await page.getByRole('button', { name: '导出 Excel' }).waitFor();
    letGo();
    await page.unroute('**/api/volunteers.xlsx*');
    expect(files).toBe(0);
    expect(await page.getByText('没有完成').count()).toBe(0);
    await downloaded('导出 Excel');
    expect(files).toBe(1);
  });

  test('the browser had nothing to complain of, and asked no other host', () => {
    expect(staff.complaints).toEqual([]);
  });
});
