import { randomUUID } from 'node:crypto';
import { choose } from './list.js';
import {
  dayFromNow,
  furnish,
  hasBrowser,
  idNumber,
  openConsole,
  patience,
  phone,
  streetId,
  type Opened,
} from './open-console.js';

jest.setTimeout(4 * patience);

/** `2026-03-05` as people in China write it. */
const inWords = (day: string) => {
  const [year, month, date] = day.split('-').map(Number);
  return `${year}年${month}月${date}日`;
};

(hasBrowser ? describe : describe.skip)('supervisors, auditors and the public, in a browser', () => {
  let opened: Opened;
  let place: Awaited<ReturnType<typeof furnish>>;
  beforeAll(async () => {
    opened = await openConsole();
    place = await furnish(opened, dayFromNow(-25));
    const volunteerId = await place.volunteer(31, '金顺哲');
    await place.volunteer(32, '朴志强');
    await opened.does('staff', 'volunteer-links', { volunteerId, stationId: place.first });
  }, 4 * patience);
  afterAll(() => opened?.close(), patience);

  test('a supervisor goes from the province to a station, and sees what is behind a number', async () => {
    const { page, complaints, context, goTo } = await opened.visit('authority');
    await goTo('/overview');
    await page.getByRole('heading', { level: 1, name: '吉林省' }).waitFor();
    // By key: what comes in meanwhile moves the lines, also from under a pointer.
    await page.getByText('展开组织结构').press('Enter');
    for (const level of ['延边朝鲜族自治州', '延吉市', '北山街道', '北山街道社工服务中心'])
      await page.locator('.then summary', { hasText: level }).first().press('Enter');
    await page.getByRole('link', { name: '查看第一服务站' }).click();
    await page.getByRole('heading', { level: 1, name: '第一服务站' }).waitFor();
    await goTo('/overview');
    const table = page.locator('.overview-table');
    await table.getByRole('link', { name: '延边朝鲜族自治州' }).click();
    await table.getByRole('link', { name: '延吉市' }).click();
    // The sign and the word of a tile say what its colour says.
    const tile = page.locator('.tile', { hasText: '北山街道' });
    await tile.getByText('留意 有服务站待办').waitFor({ state: 'attached' });
    await page.getByRole('button', { name: /^空缺的站\s*2/ }).click();
    const drawer = page.getByRole('dialog');
    await drawer.getByRole('link', { name: '第一服务站' }).waitFor();
    await drawer.getByText('依据').first().click();
    await drawer
      .locator('.fact-behind')
      .getByText(/中心工作人员/)
      .waitFor();
    await page.keyboard.press('Escape');
    await drawer.waitFor({ state: 'hidden' });
    await tile.click();
    await page.getByRole('link', { name: '北山街道社工服务中心' }).click();
    await page.getByRole('heading', { level: 1, name: '北山街道社工服务中心' }).waitFor();
    await page.getByRole('link', { name: '第一服务站' }).click();
    await page.getByRole('heading', { level: 1, name: '第一服务站' }).waitFor();
    await page.getByRole('navigation').getByRole('link', { name: '延吉市' }).waitFor();
    expect(complaints).toEqual([]);
    await context.close();
  });

  test('two days are compared', async () => {
    const { page, context, goTo } = await opened.visit('authority');
    await goTo(`/overview?division=${streetId}&compare=2026-01-01`);
    await page.getByRole('button', { name: /^服务站\s*2\s*比 2026年1月1日 \+2/ }).waitFor();
    await goTo(`/overview?division=${streetId}&on=2026-01-01`);
    await page.getByRole('button', { name: /^服务站\s*0/ }).waitFor();
    await context.close();
  });

  test('candidates are ranked with what each point is for, and whoever is left out with the reason', async () => {
    const { page, context, goTo } = await opened.visit('staff');
    await goTo(`/centers/${place.centerId}/assign?station=${place.first}`);
    const candidate = page.locator('.candidate', { hasText: '朴志强' });
    await candidate.getByText('住在同一街道(乡镇)').waitFor();
    await candidate.getByText('24/30 分').waitFor();
    expect(await page.locator('.candidate', { hasText: '金顺哲' }).count()).toBe(0);
    await page.getByText('1 人现在不能分到此站,看原因').click();
    await page.locator('.excluded li', { hasText: '金顺哲' }).getByText('已联系本站').waitFor();
    await context.close();
  });

  test('an auditor sees the structure of an earlier day, and follows a command from the request to its facts', async () => {
    const { page, context, complaints, goTo } = await opened.visit('auditor');
    await goTo('/structure');
    await page.locator('.then summary').first().waitFor();
    await page.getByRole('slider').focus();
    await page.keyboard.press('ArrowLeft');
    await page.getByText(/的情况,按现在所知/).waitFor();
    await opened.does('registrar', `service-centers/${place.centerId}/rename-service-center`, { name: '北山新名中心' });
    await goTo(`/history/${place.centerId}`);
    const renamed = page.locator('.timeline > li', { hasText: '北山新名中心' });
    await renamed.getByText('前后变化').first().click();
    const change = renamed.locator('tr', { hasText: '名称' });
    await change.getByRole('cell', { name: '北山街道社工服务中心' }).waitFor();
    await change.getByRole('cell', { name: '北山新名中心' }).waitFor();
    await renamed.getByText(/^[\da-f]{8}-/).waitFor();
    expect(complaints).toEqual([]);
    await context.close();
  });

  test('an auditor narrows everything by kind, place, actor and day, and follows a command to what it led to', async () => {
    const workerId = await place.worker(35, '李玉兰');
    await opened.does('staff', `service-stations/${place.second}/assign-social-worker`, { workerId });
    await opened.does('registrar', `social-workers/${workerId}/suspend-worker`, { reason: '投诉调查' });
    const { page, context, complaints, goTo } = await opened.visit('auditor');
    await goTo('/');
    await page.getByRole('link', { name: '审计' }).click();
    await page.getByRole('heading', { level: 1, name: '审计' }).waitFor();
    const pick = async (filter: string, option: string | RegExp) => {
      await page.getByLabel(filter).click();
      await choose(page, option);
    };
    await pick('哪类事', '社工暂停执业');
    const suspended = page.locator('.timeline > li', { hasText: '投诉调查' });
    await suspended.waitFor();
    expect(await page.locator('.timeline > li').count()).toBe(1);
    await pick('哪个单位(含下级)', '朝阳区');
    await page.getByText('这些条件下没有记录').waitFor();
    await pick('哪个单位(含下级)', '北山街道');
    await pick('谁做的', '登记员');
    await suspended.waitFor();
    await suspended.getByText('前后变化').click();
    await suspended.getByText(/^[\da-f]{8}-/).click();
    await page.getByRole('heading', { level: 2, name: '1 请求' }).waitFor();
    await page.locator('dd').getByText('北山街道', { exact: true }).waitFor();
    const led = page.locator('section', { hasText: '3 引起的后果' });
    await led.getByText('按规则:社工被暂停即离任').waitFor();
    await led
      .getByText(/第二服务站|李\*/)
      .first()
      .waitFor();
    await led.getByRole('link', { name: /来龙去脉/ }).click();
    await page.getByText(/由这件事引起/).waitFor();
    expect(complaints).toEqual([]);
    await context.close();
  });

  test('an auditor narrows down to a period, of which both days count', async () => {
    const { page, context, complaints, goTo } = await opened.visit('auditor');
    await goTo(`/history/${place.centerId}`);
    const told = page.locator('.timeline > li');
    const set = async (word: string, day: string) => {
      await page.getByLabel(word, { exact: true }).fill(day);
      await page.keyboard.press('Enter');
    };
    await page.getByLabel('从', { exact: true }).click();
    expect(await page.locator('.ant-picker-dropdown').innerText()).not.toMatch(/[A-Za-z]/);
    await told.first().waitFor();
    const all = await told.count();
    await set('从', dayFromNow(-1));
    await set('到', dayFromNow(-1));
    await page.getByText('这些条件下没有记录').waitFor();
    await set('到', dayFromNow(0));
    await told.nth(all - 1).waitFor();
    await set('从', dayFromNow(0));
    await told.nth(all - 1).waitFor();
    // Yesterday it was not known what counts from before yesterday.
    await set('回到某天来看', dayFromNow(-1));
    await page.getByText('这些条件下没有记录').waitFor();
    expect(complaints).toEqual([]);
    await context.close();
  });

  test('an auditor goes back day by day until a station is not there yet, and to what was known then', async () => {
    const { centerId, communities } = place;
    const late = { stationId: randomUUID(), centerId, name: '补记服务站', communities: [communities[3]] };
    await opened.does('staff', 'service-stations', late, dayFromNow(-3));
    const { page, context, complaints, goTo } = await opened.visit('auditor');
    await goTo('/structure');
    await page.getByRole('combobox', { name: '在哪个辖区工作' }).selectOption({ label: '北山街道' });
    const center = page.locator('.then summary', { hasText: '北山' });
    const station = page.locator('.then-name', { hasText: '补记服务站' });
    await center.click();
    await station.waitFor();
    const step = async (key: 'ArrowLeft' | 'ArrowRight', day: string) => {
      await page.getByRole('slider').press(key);
      await page.getByText(new RegExp(`^${inWords(day)}的情况`)).waitFor();
    };
    for (const days of [-1, -2, -3]) await step('ArrowLeft', dayFromNow(days));
    await center.click();
    await station.waitFor();
    await step('ArrowLeft', dayFromNow(-4));
    await center.click();
    await page.getByText('下面没有').waitFor();
    expect(await station.count()).toBe(0);
    await step('ArrowRight', dayFromNow(-3));
    await page.getByLabel('按哪一天结束时所知').fill(dayFromNow(-1));
    await page.keyboard.press('Enter');
    await page.getByText(new RegExp(`按 ${inWords(dayFromNow(-1))} 结束时所知`)).waitFor();
    await center.waitFor({ state: 'detached' });
    // Any two days, of which neither is today.
    await goTo(`/overview?division=${streetId}&on=${dayFromNow(-1)}&compare=${dayFromNow(-10)}`);
    await page.getByRole('button', { name: new RegExp(`^服务站\\s*1\\s*比 ${inWords(dayFromNow(-10))} \\+1`) }).waitFor();
    expect(complaints).toEqual([]);
    await context.close();
  });

  test('whoever has several places chooses in which to work, and finds it so again', async () => {
    const { page, context, complaints, goTo } = await opened.visit('staff');
    const chooser = page.getByRole('combobox', { name: '在哪个辖区工作' });
    await page.getByRole('heading', { level: 2, name: '丰满区' }).waitFor();
    await chooser.focus();
    await page.keyboard.press('ArrowDown');
    await page.getByRole('heading', { level: 2, name: '北山街道' }).waitFor();
    await page.getByRole('heading', { level: 2, name: '丰满区' }).waitFor({ state: 'detached' });
    await goTo('/overview');
    await page.getByRole('heading', { level: 1, name: '北山街道' }).waitFor();
    await goTo('/volunteers');
    await page.getByText('金顺哲').waitFor();
    await chooser.selectOption({ label: '丰满区' });
    await page.getByText('金顺哲').waitFor({ state: 'detached' });
    await goTo('/');
    await page.getByRole('heading', { level: 2, name: '丰满区' }).waitFor();
    expect(await page.getByRole('heading', { level: 2 }).count()).toBe(1);
    expect(complaints).toEqual([]);
    await context.close();
  });

  test('anybody learns which center serves a place, applies, and is told when it is too often', async () => {
    const { page, context, complaints, goTo } = await opened.visit(undefined);
    await goTo('/public');
    await page.getByLabel('街镇或社区名称').fill('北山街道');
    await page
      .locator('.served', { hasText: '延吉市' })
      .getByText(/北山(街道社工服务|新名)中心/)
      .waitFor();
    const form = page.locator('section', { hasText: '我想做志愿者' });
    await form.getByLabel('姓名').fill('李春花');
    await form.getByLabel('身份证号码').fill(idNumber(33));
    await form.getByLabel('手机号码').fill(phone(33));
    // A list that opens before anything is known turns upwards as it fills, away from under the pointer.
    let answer: () => void = () => undefined;
    const answered = new Promise<void>(done => (answer = done));
    const divisions = '**/api/divisions?*';
    await page.route(divisions, async route => {
      await answered;
      await route.continue();
    });
    const asked = page.waitForRequest(divisions);
    await form.getByLabel('居住地').click();
    await page.keyboard.type('北山街道');
    await asked;
    expect(await page.locator('.ant-select-dropdown:visible').count()).toBe(0);
    answer();
    await choose(page, '延吉市');
    await page.unroute(divisions);
    await form.getByRole('button', { name: '提交申请' }).click();
    await form.getByText('申请已收到,请等候服务中心联系。').waitFor();
    const { rows } = await opened.asks<{ rows: { stage: string }[] }>('staff', `volunteers?q=${encodeURIComponent('李春花')}`);
    expect(rows.map(({ stage }) => stage)).toEqual(['APPLIED']);
    for (const question of ['public/worker-check', 'divisions'])
      await page.route(`**/api/${question}?*`, route =>
        route.fulfill({
          status: 429,
          contentType: 'application/problem+json',
          body: '{"status":429,"code":"too-often","title":"x","type":"about:blank","detail":"查询过于频繁,请稍后再试"}',
        }),
      );
    await page.getByLabel('姓名').first().fill('李玉兰');
    await page.getByLabel('证书管理号').fill('0000');
    await page.getByRole('button', { name: '查验' }).click();
    await page.getByRole('alert').getByText('查询过于频繁,请稍后再试').waitFor();
    await form.getByLabel('居住地').fill('前进街道');
    await page.locator('.ant-select-dropdown').getByText('查询过于频繁,请稍后再试').waitFor();
    expect(complaints).toEqual([]);
    await context.close();
  });
});
