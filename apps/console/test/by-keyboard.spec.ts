import type { Page } from 'playwright-core';
import { keyboardOf, type Keyboard } from './keyboard.js';
import {
  furnish,
  hasBrowser,
  idNumber,
  openConsole,
  password,
  patience,
  phone,
  type Opened,
  type Visit,
} from './open-console.js';

jest.setTimeout(6 * patience);

const yesterday = new Intl.DateTimeFormat('en-CA', { timeZone: 'Asia/Shanghai' }).format(Date.now() - 86_400_000);

(hasBrowser ? describe : describe.skip)('a day by keyboard alone', () => {
  let opened: Opened;
  let place: Awaited<ReturnType<typeof furnish>>;
  let visit: Visit;
  let page: Page;
  let keys: Keyboard;
  beforeAll(async () => {
    opened = await openConsole();
    place = await furnish(opened);
    await place.volunteer(2, '朴志强');
    visit = await opened.visit(undefined);
    ({ page } = visit);
    keys = await keyboardOf(page, patience);
    await visit.goTo('/sign-in');
  }, 4 * patience);
  afterAll(() => opened?.close(), patience);
  // Every stop on the way was in sight, not covered, and could be told from the others.
  afterEach(() => {
    const barriers = [...keys.barriers];
    keys.barriers.clear();
    expect(barriers).toEqual([]);
  });

  const titled = (name: string | RegExp) => page.getByRole('heading', { level: 1, name }).waitFor();
  const signIn = async (account: string) => {
    await keys.isAt('textbox', '账号');
    await keys.type(account);
    await keys.reach('textbox', '口令');
    await keys.type(password);
    await keys.press('Enter');
    await titled('我的辖区');
  };
  const follow = async (link: string | RegExp, title: string | RegExp) => {
    await keys.reach('link', link);
    await keys.press('Enter');
    await titled(title);
  };
  const push = async (button: string | RegExp) => {
    await keys.reach('button', button);
    await keys.press('Enter');
  };

  test('one signs in, skips what stands on every page, and goes to a center', async () => {
    await signIn('staff');
    await keys.reach('link', '跳到正文', 'Shift+Tab');
    await keys.press('Enter');
    await keys.isAt('main');
    await follow('北山街道社工服务中心', '北山街道社工服务中心');
    await keys.isAt('main');
  });

  test('a station is opened, with a community found by its name', async () => {
    await push('开设服务站');
    await keys.isAt('textbox', '名称');
    await keys.type('第三服务站');
    await keys.choose('覆盖社区', '丹岭', /^丹岭社区$/);
    await page.getByRole('dialog').getByText('新覆盖 1 个社区').waitFor();
    await push('确定');
    await page.getByRole('table').getByRole('link', { name: '第三服务站', exact: true }).waitFor();
    await keys.isAt('button', '开设服务站');
  });

  test('a volunteer is registered, and accepted in a dialog', async () => {
    await follow('志愿者', '志愿者');
    await follow('登记志愿者', '登记志愿者');
    await keys.reach('textbox', '姓名');
    await keys.type('金顺姬');
    await keys.reach('textbox', '身份证号码');
    await keys.type(idNumber(1));
    await keys.reach('textbox', '手机号码');
    await keys.type(phone(1));
    await keys.choose('居住地', '北山街道', /^北山街道\(.*延吉市/);
    await push('登记志愿者');
    await titled('金顺姬');
    await push('接纳');
    await page.getByRole('dialog').getByText('接纳为志愿者,并发给编号').waitFor();
    await push('确定');
    await page.getByText('已接纳').first().waitFor();
    // The button that opened the dialog is gone; one is still on the page.
    await keys.isAt('main');
  });

  test('volunteers are assigned, and taken back before the chance is gone', async () => {
    await follow('中心', '我的辖区');
    await follow('北山街道社工服务中心', '北山街道社工服务中心');
    await follow('分派志愿者', '分派志愿者');
    const first = page.locator('.target', { hasText: '第一服务站' });
    const assign = async () => {
      await keys.reach('checkbox', /金顺姬/);
      await keys.press('Space');
      await keys.reach('button', '分到此站(1) · 第一服务站', 'Shift+Tab');
      await keys.press('Enter');
      await first.getByText('1 名志愿者').waitFor();
      // Nobody is chosen any more, so the button does nothing; one is still at the station.
      await keys.isAt('listitem');
    };
    await assign();
    await keys.press('Control+z');
    await first.getByText('0 名志愿者').waitFor();
    await assign();
  });

  test('a station is suspended from the menu, with what follows said before', async () => {
    await follow('第一服务站', '第一服务站');
    await push('更多操作');
    await keys.reach('menuitem', '暂停服务站', 'ArrowDown');
    await keys.press('Enter');
    await keys.isAt('textbox', '原因说明');
    await keys.type('场地维修');
    await page.getByRole('dialog').getByText('服务站暂停,不再接收志愿者').waitFor();
    await push('确定');
    await page.getByText('服务站暂停中').first().waitFor();
    await keys.isAt('button', '更多操作');
  });

  test('a dialog that is left by Escape leads back to where it was opened', async () => {
    await push('更多操作');
    await keys.reach('menuitem', '改属另一个中心', 'ArrowDown');
    await keys.press('Enter');
    await keys.reach('combobox', '新的中心');
    await keys.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    await keys.isAt('button', '更多操作');
    await push('指派社工');
    await push('补录更早的日期');
    await keys.reach('button', '取消');
    await keys.press('Enter');
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    await keys.isAt('button', '指派社工');
  });

  test('the history is opened, and what a command changed', async () => {
    await follow('经过', /第一服务站/);
    await keys.reach('DisclosureTriangle', '前后变化');
    await keys.press('Enter');
    await page.locator('.differences').getByText('已暂停').waitFor();
  });

  test('a person is found from the top of any page', async () => {
    await keys.reach('combobox', /^找人/);
    await keys.type('jsj');
    await page.locator('.ant-select-item-option', { hasText: '金顺姬' }).waitFor();
    await keys.press('ArrowDown', 'Enter');
    await titled('金顺姬');
  });

  test('the overview leads down by its map and its table, and a figure opens what it counts', async () => {
    await keys.reach('link', '总览');
    await keys.press('Enter');
    await page.locator('.figure-tiles').waitFor();
    const figure = /^应设中心的街镇/;
    await push(figure);
    await keys.reach('link', '前进街道');
    await keys.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    await keys.isAt('button', figure);
    await push('前进街道 待办的站 0');
    await page.getByRole('dialog').waitFor();
    await keys.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    await keys.isAt('button', '前进街道 待办的站 0');
    await follow('前进街道 待办 街镇没有中心', '前进街道');
  });

  test('one signs out from the menu of the account, and another signs in', async () => {
    await push(/账号菜单$/);
    await keys.reach('menuitem', '退出', 'ArrowDown');
    await keys.press('Enter');
    await titled('一站');
    await signIn('registrar');
  });

  test('the audit page is narrowed down by kind, and shows what was known on an earlier day', async () => {
    await follow('审计', '审计');
    await keys.choose('哪类事', '暂停', /^服务站暂停/);
    const lines = page.locator('.timeline > li');
    await lines.filter({ hasText: '服务站暂停' }).waitFor();
    await lines.filter({ hasText: '金顺姬' }).first().waitFor({ state: 'detached' });
    await keys.reach('textbox', '回到某天来看');
    await keys.type(yesterday);
    await keys.press('Enter');
    await page.getByText('这些条件下没有记录').waitFor();
  });

  test('the structure of another day is chosen by the arrows of the slider', async () => {
    await follow('当时的组织结构', '当时的组织结构');
    await keys.reach('slider', '拖动到某一天');
    const shown = page.locator('.page-head [role=status]');
    const before = await shown.innerText();
    await keys.press('ArrowLeft');
    await shown.filter({ hasNotText: before }).waitFor();
  });

  test('the browser had nothing to complain of, and asked no other host', () => expect(visit.complaints).toEqual([]));
});
