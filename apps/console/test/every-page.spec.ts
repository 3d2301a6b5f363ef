import { spawnSync } from 'node:child_process';
import { choose } from './list.js';
import { furnish, hasBrowser, openConsole, patience, streetId, type Opened, type Visit } from './open-console.js';

jest.setTimeout(6 * patience);

/** What a screen reader would say in English on a Chinese page; names and numbers of people are none of it. */
const namesInEnglish = `[...new Set(Array.from(document.querySelectorAll('[aria-label]'))
  .filter(one => !one.closest('[aria-hidden=true]') && one.getClientRects().length > 0)
  .map(one => one.getAttribute('aria-label'))
  .filter(name => /^[a-z][a-z -]*$/i.test(name) && name !== 'Switch to English'))]`;

/** Pages without navigation, and those whose place in it is not shown to staff. */
const nowhere = new Set(['nowhere', 'public', 'history', 'structure']);

(hasBrowser ? describe : describe.skip)('every page', () => {
  let opened: Opened;
  let paths: readonly (readonly [name: string, path: string])[];
  let auditPaths: readonly (readonly [name: string, path: string])[];
  beforeAll(async () => {
    opened = await openConsole();
    const place = await furnish(opened);
    const volunteerId = await place.volunteer(21, '金顺哲');
    const workerId = await place.worker(22, '李玉兰');
    await opened.does('staff', `service-stations/${place.first}/assign-social-worker`, { workerId });
    await opened.does('staff', 'volunteer-links', { volunteerId, stationId: place.first });
    await opened.does('staff', 'volunteer-links', { volunteerId: await place.volunteer(23, '朴志强'), stationId: place.first });
    // As long as names may be, and without a place to break.
    await opened.does('registrar', `service-centers/${place.centerId}/rename-service-center`, { name: `北山${'W'.repeat(58)}` });
    await opened.does('staff', `service-stations/${place.second}/suspend-service-station`, { reason: '场地维修'.repeat(50) });
    await opened.does('staff', `volunteers/${volunteerId}/suspend-volunteer`, { reason: '外出' });
    paths = [
      ['home', '/'],
      ['place', `/places/${streetId}`],
      ['center', `/centers/${place.centerId}`],
      ['assign', `/centers/${place.centerId}/assign`],
      ['station', `/stations/${place.first}`],
      ['volunteers', '/volunteers'],
      ['new-volunteer', '/volunteers/new'],
      ['volunteer', `/volunteers/${volunteerId}`],
      ['workers', '/workers'],
      ['new-worker', '/workers/new'],
      ['worker', `/workers/${workerId}`],
      ['history', `/history/${volunteerId}`],
      ['overview', '/overview'],
      ['overview-street', `/overview?division=${streetId}&compare=2026-01-01`],
      ['overview-center', `/overview?center=${place.centerId}`],
      ['overview-station', `/overview?station=${place.first}`],
      ['structure', '/structure'],
      ['public', '/public'],
      ['nowhere', '/nowhere'],
    ];
    const { rows } = await opened.asks<{ rows: { commandId: string }[] }>('auditor', 'history?fact=VolunteerSuspended');
    auditPaths = [
      ['audit', '/history'],
      ['taken-lists', '/taken-lists'],
      ['command', `/commands/${rows[0]!.commandId}`],
    ];
  }, 4 * patience);
  afterAll(() => opened?.close(), patience);

  const widthOf = (visit: Visit) => visit.page.evaluate<number>('document.documentElement.scrollWidth - innerWidth');

  test.each([
    ['desk', 'zh'],
    ['desk', 'en'],
    ['phone', 'zh'],
    ['phone', 'en'],
  ] as const)('has no barrier, fits, and stays within its own policy: %s, %s', async (size, language) => {
    const entrance = await opened.visit(undefined, { size, language });
    await entrance.goTo('/sign-in');
    await entrance.picture('sign-in');
    expect(await entrance.barriers()).toEqual([]);
    await entrance.context.close();

    const found: Record<string, readonly string[]> = {};
    for (const [account, seen] of [
      ['staff', paths],
      ['registrar', auditPaths],
    ] as const) {
      const visit = await opened.visit(account, { size, language });
      for (const [name, path] of seen) {
        await visit.goTo(path);
        const loading = visit.page.locator('.quiet-note[role=status]');
        if (name === 'overview') {
          await visit.page.locator('main details > summary').click();
          await visit.page.locator('.then').first().waitFor();
        }
        while ((await loading.count()) > 0) await loading.first().waitFor({ state: 'hidden' });
        await visit.picture(name);
        const wide = await widthOf(visit);
        const current = await visit.page.locator('.shell-nav [aria-current]').count();
        const foreign = language === 'zh' ? await visit.page.evaluate<string[]>(namesInEnglish) : [];
        const all = [
          ...foreign.map(called => `called “${called}”`),
          ...(await visit.barriers()),
          ...(wide > 0 ? [`${wide} pixels too wide`] : []),
          ...(current === (nowhere.has(name) ? 0 : 1) ? [] : [`${current} places in the navigation`]),
        ];
        if (all.length > 0) found[name] = all;
      }
      expect(visit.complaints).toEqual([]);
      await visit.context.close();
    }
    expect(found).toEqual({});
  });

  test('no page speaks the other language', async () => {
    const visit = await opened.visit('staff', { language: 'en' });
    // What people wrote is in the language in which they wrote it; the words of the console are not.
    for (const [, path] of paths.filter(([name]) => name === 'new-volunteer' || name === 'volunteers' || name === 'public')) {
      await visit.goTo(path);
      // The button of the account shows the name that somebody gave it.
      const labels = await visit.page.locator('label, h1, h2, nav a, button:not(.user-menu)').allInnerTexts();
      expect(labels.filter(text => /\p{Script=Han}/u.test(text) && text !== '中文')).toEqual([]);
    }
    await visit.page.getByRole('button', { name: '切换为中文' }).click();
    await visit.page.getByRole('heading', { level: 1, name: '公众查询' }).waitFor();
    expect(await visit.page.locator('html').getAttribute('lang')).toBe('zh-CN');
    await visit.context.close();
  });

  test('sixty thousand volunteers are scrolled through with few of them drawn', async () => {
    const visit = await opened.visit('staff');
    const { page } = visit;
    const [pages, each] = [3, 20_000];
    await page.route('**/api/volunteers?*', route => {
      const nth = Number(new URL(route.request().url()).searchParams.get('cursor') ?? 0);
      const rows = Array.from({ length: each }, (_, index) => ({
        volunteerId: `${nth}-${index}`,
        volunteerNo: null,
        name: `志愿者${nth * each + index + 1}`,
        stage: 'ACCEPTED',
        skills: [],
        fields: [],
        availability: [],
        homeDivisionId: streetId,
        homeDivisionName: '北山街道',
        primaryStationId: null,
        primaryStationName: null,
        stations: 0,
        phone: null,
        registeredOn: '2026-03-02',
      }));
      return route.fulfill({ json: { rows, next: nth + 1 < pages ? String(nth + 1) : null } });
    });
    await visit.goTo('/volunteers');
    const list = page.locator('.ant-table-tbody-virtual-holder');
    await page.getByText('志愿者1', { exact: true }).waitFor();
    for (const shown of ['已读 40,000 人', '共 60,000 人']) {
      await list.evaluate(element => element.scrollTo(0, element.scrollHeight));
      await page.getByText(shown).waitFor();
    }
    await list.evaluate(element => element.scrollTo(0, element.scrollHeight));
    await page.getByText('志愿者60000', { exact: true }).waitFor();
    expect(await page.locator('.ant-table-row').count()).toBeLessThan(60);
    await visit.context.close();
  });

  test('a station with more volunteers than its card shows leads to all of them, page by page', async () => {
    const visit = await opened.visit('staff');
    const { page, complaints } = visit;
    await page.route('**/api/service-stations/*', async route => {
      const response = await route.fetch();
      await route.fulfill({ response, json: { ...((await response.json()) as object), volunteerCount: 201 } });
    });
    await visit.goTo(paths.find(([name]) => name === 'station')![1]);
    await page.getByText('共 201 名,这里显示前 2 名').waitFor();
    await page.getByRole('link', { name: '查看全部' }).click();
    await page.getByRole('heading', { level: 2, name: '社工与志愿者' }).waitFor();
    await page.getByRole('link', { name: '朴志强' }).waitFor();
    expect(complaints).toEqual([]);
    await visit.context.close();
  });

  test('the page itself forbids what is not its own, with a nonce that is never the same', async () => {
    const [one, other] = await Promise.all([fetch(`${opened.url}/centers/x`), fetch(`${opened.url}/volunteers`)]);
    const [policy, another] = [one, other].map(({ headers }) => headers.get('content-security-policy')!);
    expect(one.status).toBe(200);
    expect(policy).toMatch(/^default-src 'none'; script-src 'self'; style-src 'self' 'nonce-[\w-]{24}'/);
    expect(policy).not.toContain('unsafe');
    expect(another).not.toBe(policy);
    expect(await one.text()).not.toContain('__NONCE__');
    expect((await fetch(`${opened.url}/api/nothing`)).status).toBe(404);
    expect((await fetch(`${opened.url}/assets/../index.html`, { redirect: 'manual' })).headers.get('content-type')).toContain(
      'html',
    );
  });

  test('the auditor reads who did what, in sentences, narrowed down by kind, and as it was known before', async () => {
    const visit = await opened.visit('auditor');
    const { page } = visit;
    await visit.goTo(paths.find(([name]) => name === 'history')![1]);
    await page
      .getByText(/暂停志愿服务/)
      .first()
      .waitFor();
    await page.getByLabel('哪类事').click();
    await choose(page, '接纳为志愿者');
    await page
      .locator('.timeline')
      .getByText(/接纳为志愿者/)
      .waitFor();
    expect(await page.getByText(/暂停志愿服务/).count()).toBe(0);
    // Names are masked for whoever audits, and nothing is offered that an auditor may not do.
    await visit.goTo(paths.find(([name]) => name === 'volunteer')![1]);
    await page.getByRole('heading', { level: 1, name: /^金\*+$/ }).waitFor();
    expect(await page.getByRole('button', { name: '更多操作' }).count()).toBe(0);
    expect(visit.complaints).toEqual([]);
    await visit.context.close();
  });

  test('anybody may check a worker and apply, without an account', async () => {
    const visit = await opened.visit(undefined);
    const { page } = visit;
    await page.getByLabel('姓名', { exact: true }).first().fill('李玉兰');
    await page.getByLabel('证书管理号').fill('0000');
    await page.getByRole('button', { name: '查验' }).click();
    await page.getByText('没有查到。').waitFor();
    await page.getByLabel('街镇或社区名称').fill('北山街道');
    await page.getByText('延边朝鲜族自治州 延吉市').first().waitFor();
    expect(visit.complaints).toEqual([]);
    await visit.context.close();
  });

  test('what a browser loads before anybody signs in stays below its bar', () => {
    const { status, stdout } = spawnSync(process.execPath, ['infra/check/weight.mjs'], { encoding: 'utf8' });
    expect(stdout).toMatch(/kB gzip of 400 kB.*1 planted file noticed/);
    expect(status).toBe(0);
  });
});
