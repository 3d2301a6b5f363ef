import { choose } from './list.js';
import { furnish, hasBrowser, idNumber, openConsole, patience, phone, type Opened, type Visit } from './open-console.js';

jest.setTimeout(4 * patience);

(hasBrowser ? describe : describe.skip)('a day of a center, in a browser', () => {
  let opened: Opened;
  let place: Awaited<ReturnType<typeof furnish>>;
  let staff: Visit;
  beforeAll(async () => {
    opened = await openConsole();
    place = await furnish(opened);
    staff = await opened.visit('staff');
  }, 4 * patience);
  afterAll(() => opened?.close(), patience);

  test('whoever signs in sees the center, what is red and why, and what to do first', async () => {
    const { page, picture } = staff;
    await page.getByRole('link', { name: '北山街道社工服务中心' }).click();
    await page.getByRole('heading', { level: 1, name: '北山街道社工服务中心' }).waitFor();
    await page.getByText('“第一服务站”没有社工').waitFor();
    await page.getByText('没有社工、志愿者不足两人').first().waitFor();
    await picture('center');
  });

  test('a station is opened, with its communities', async () => {
    const { page } = staff;
    await page.getByRole('button', { name: '开设服务站' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('名称').fill('第三服务站');
    await dialog.getByLabel('覆盖社区').fill('丹岭');
    await choose(page, /^丹岭社区$/);
    await dialog.locator('.ant-select-selection-item').waitFor();
    // Escape would close the dialog as well where the list is closed already.
    await dialog.locator('.ant-modal-title').click();
    await dialog.getByText('新覆盖 1 个社区').waitFor();
    await dialog.getByRole('button', { name: '确定' }).click();
    await page.getByRole('table').getByRole('link', { name: '第三服务站', exact: true }).waitFor();
  });

  test('a volunteer is registered and accepted', async () => {
    const { page, goTo, picture } = staff;
    await goTo('/volunteers/new');
    await page.getByLabel('姓名', { exact: true }).fill('金顺姬');
    await page.getByLabel('身份证号码').fill('222401198001010011');
    await page.getByLabel('手机号码').fill(phone(1));
    await page.getByLabel('居住地').click();
    await choose(page, /^北山街道$/);
    await page.getByRole('button', { name: '登记志愿者' }).click();
    // The server's own sentence, at the field.
    await page.locator('.ant-form-item-explain-error').waitFor();
    await picture('refused');
    await page.getByLabel('身份证号码').fill(idNumber(1));
    await page.getByRole('button', { name: '登记志愿者' }).click();
    await page.getByRole('heading', { level: 1, name: '金顺姬' }).waitFor();
    await page.getByRole('button', { name: '接纳', exact: true }).click();
    await page.getByRole('dialog').getByText('接纳为志愿者,并发给编号').waitFor();
    await page.getByRole('dialog').getByRole('button', { name: '确定' }).click();
    await page.getByText('已接纳').first().waitFor();
  });

  test('volunteers are assigned by keyboard and by dragging, and it can be taken back at once', async () => {
    const { page, goTo, picture } = staff;
    await place.volunteer(2, '朴志强');
    await goTo(`/centers/${place.centerId}/assign`);
    await page.getByRole('checkbox', { name: /金顺姬/ }).focus();
    await page.keyboard.press('Space');
    await picture('assign');
    const target = page.getByRole('button', { name: '分到此站(1) · 第一服务站' });
    await target.focus();
    await page.keyboard.press('Enter');
    await page.locator('.target', { hasText: '第一服务站' }).getByText('1 名志愿者').waitFor();
    await page.getByRole('button', { name: '撤销' }).click();
    // Whoever goes on at once takes the focus from a button that is going away: it does not come back for that.
    await page.locator('h1').click();
    await page.locator('.target', { hasText: '第一服务站' }).getByText('0 名志愿者').waitFor();
    await page.getByText('已撤销').waitFor();
    await page.getByRole('button', { name: '撤销' }).waitFor({ state: 'detached', timeout: 3000 });
    await page.locator('.candidate', { hasText: '金顺姬' }).dragTo(page.locator('.target', { hasText: '第一服务站' }));
    await page.locator('.target', { hasText: '第一服务站' }).getByText('1 名志愿者').waitFor();
  });

  test('a worker is registered and assigned, and the colour follows', async () => {
    const { page, goTo } = staff;
    await goTo('/workers/new');
    await page.getByLabel('姓名', { exact: true }).fill('李玉兰');
    await page.getByLabel('身份证号码').fill(idNumber(3));
    await page.getByLabel('所属区划').click();
    await choose(page, /^北山街道$/);
    await page.getByRole('button', { name: '登记社工' }).click();
    await page.getByRole('heading', { level: 1, name: '李玉兰' }).waitFor();
    await goTo(`/stations/${place.first}`);
    await page.getByRole('button', { name: '指派社工' }).click();
    await page.getByRole('dialog').getByRole('combobox').click();
    await choose(page, '李玉兰');
    await page.getByRole('dialog').getByText('社工到站任职').waitFor();
    await page.getByRole('dialog').getByRole('button', { name: '确定' }).click();
    await page.getByRole('button', { name: '更换社工' }).waitFor();
  });

  test('people are found by pinyin initials and by the end of the phone number', async () => {
    const { page, goTo } = staff;
    await goTo('/volunteers');
    const search = page.locator('.filters input').first();
    await search.fill('jsj');
    await page.getByText('共 1 人').waitFor();
    await page.getByRole('link', { name: '金顺姬' }).waitFor();
    await search.fill(phone(2).slice(-4));
    await page.getByRole('link', { name: '朴志强' }).waitFor();
    expect(await page.getByRole('link', { name: '金顺姬' }).count()).toBe(0);
  });

  test('a station is suspended with its consequences said before, and everything is in its history', async () => {
    const { page, goTo, picture } = staff;
    await goTo(`/stations/${place.second}`);
    await page.getByRole('button', { name: '更多操作' }).click();
    await page.getByRole('menuitem', { name: '暂停服务站' }).click();
    await page.getByLabel('原因说明').fill('场地维修');
    await page.getByRole('dialog').getByText('服务站暂停,不再接收志愿者').waitFor();
    await page.getByRole('dialog').getByRole('button', { name: '确定' }).click();
    await page.getByText('服务站暂停中').first().waitFor();
    await goTo(`/history/${place.second}`);
    await page.getByText(/服务站暂停\(自 .*\):场地维修/).waitFor();
    await page.getByText('服务中心工作人员(中心工作人员)').first().waitFor();
    await picture('history');
  });

  test('what one browser does, the other sees without being asked to', async () => {
    const other = await opened.visit('staff');
    await other.goTo(`/centers/${place.centerId}`);
    await other.page.locator('.connection-live[data-live=live]').waitFor();
    await place.volunteer(4, '崔雪莲');
    await staff.goTo(`/centers/${place.centerId}/assign`);
    await staff.page.getByRole('checkbox', { name: /崔雪莲/ }).check();
    await staff.page.getByRole('button', { name: '分到此站(1) · 第一服务站' }).click();
    await other.page.locator('tr', { hasText: '第一服务站' }).locator('td', { hasText: /^2$/ }).waitFor();
    expect(other.complaints).toEqual([]);
    await other.context.close();
  });

  test('a conflict says who changed what, and keeps what was typed', async () => {
    const { page, goTo } = staff;
    await goTo(`/centers/${place.centerId}`);
    await page.getByRole('button', { name: '更多操作' }).click();
    await page.getByRole('menuitem', { name: '中心更名' }).click();
    await page.getByLabel('名称').fill('我起的名字');
    await page.locator('.consequences').getByText('中心更名').waitFor();
    // The card comes late, as on a slow line: what the refusal said is known all the same.
    let letPass = () => {};
    const confirmed = new Promise<void>(resolve => (letPass = resolve));
    await page.route(`**/api/service-centers/${place.centerId}`, async route => {
      await confirmed;
      await route.continue();
    });
    await opened.does('registrar', `service-centers/${place.centerId}/rename-service-center`, { name: '登记员起的名字' });
    await page.getByRole('dialog').getByRole('button', { name: '确定' }).click();
    await page
      .getByRole('alert')
      .getByText(/登记员:服务中心更名为“登记员起的名字”/)
      .waitFor();
    expect(await page.getByLabel('名称').inputValue()).toBe('我起的名字');
    await page.getByRole('button', { name: '读取最新内容(已填的不丢)' }).click();
    await page.getByRole('dialog').getByRole('button', { name: '确定' }).click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    letPass();
    await page.getByRole('heading', { level: 1, name: '我起的名字' }).waitFor();
    await page.unrouteAll({ behavior: 'wait' });
  });

  test('a command in the middle of a lost connection is kept, and done once', async () => {
    const { page, context, goTo } = staff;
    await goTo('/volunteers/new');
    await page.getByLabel('姓名', { exact: true }).fill('宋玉梅');
    await page.getByLabel('身份证号码').fill(idNumber(5));
    await page.getByLabel('手机号码').fill(phone(5));
    await page.getByLabel('居住地').click();
    await choose(page, /^北山街道$/);
    await context.setOffline(true);
    await page.getByRole('button', { name: '登记志愿者' }).click();
    await page.getByText('连接中断,已留存,恢复后自动发送').waitFor();
    await page.getByText('1 项等待发送').waitFor();
    await page.locator('.connection-lost').waitFor();
    await context.setOffline(false);
    await page.getByRole('heading', { level: 1, name: '宋玉梅' }).waitFor();
    // A browser that says it is offline need not have lost the line on which it listens.
    await page.locator('.connection-live[data-live=live]').waitFor();
    const { rows } = await opened.asks<{ rows: unknown[] }>('staff', `volunteers?q=${encodeURIComponent('宋玉梅')}`);
    expect(rows).toHaveLength(1);
  });

  test('an answer that is lost on the way is asked for again under the same key', async () => {
    const { page, goTo } = staff;
    const keys: (string | undefined)[] = [];
    await page.route('**/suspend-volunteer', async route => {
      keys.push(route.request().headers()['idempotency-key']);
      if (keys.length > 1) return route.continue();
      await route.fetch();
      return route.abort('connectionreset');
    });
    const volunteerId = await place.volunteer(6, '王明哲');
    await goTo(`/volunteers/${volunteerId}`);
    await page.getByRole('button', { name: '更多操作' }).click();
    await page.getByRole('menuitem', { name: '暂停服务' }).click();
    await page.getByLabel('原因说明').fill('外出');
    // The rehearsal goes to the same path, with a query.
    await page.getByRole('dialog').getByText('志愿者暂停服务').waitFor();
    await page.getByRole('dialog').getByRole('button', { name: '确定' }).click();
    await page.getByText('已完成:暂停服务').waitFor();
    await page.getByText('已暂停').first().waitFor();
    expect(keys).toHaveLength(2);
    expect(keys[0]).toBe(keys[1]);
    const { rows } = await opened.asks<{ rows: { fact: string }[] }>('staff', `history/${volunteerId}`);
    expect(rows.filter(({ fact }) => fact === 'VolunteerSuspended')).toHaveLength(1);
  });

  test('what was sent late and refused is opened again with what was typed, and with the answer', async () => {
    const { page, context, goTo } = staff;
    const volunteerId = await place.volunteer(7, '孙桂兰');
    await goTo(`/volunteers/${volunteerId}`);
    await page.getByRole('button', { name: '更多操作' }).click();
    await page.getByRole('menuitem', { name: '暂停服务' }).click();
    // While the menu goes away, Escape is the menu's.
    await page.getByRole('menuitem', { name: '暂停服务' }).waitFor({ state: 'hidden' });
    await page.getByLabel('原因说明').fill('外出');
    await page.getByRole('dialog').getByText('志愿者暂停服务').waitFor();
    await context.setOffline(true);
    await page.getByLabel('原因说明').fill('外出探亲');
    await page.getByRole('dialog').getByText('现在问不到服务器').waitFor();
    await page.getByRole('dialog').getByRole('button', { name: '确定' }).click();
    await page.getByRole('dialog').getByText('连接中断,已留存,恢复后自动发送').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    await opened.does('staff', `volunteers/${volunteerId}/withdraw-volunteer`, { because: 'MOVED_AWAY' });
    await context.setOffline(false);
    await page.getByText('没有完成:暂停服务').waitFor();
    await page.getByRole('button', { name: '修改后重发' }).click();
    await page.getByRole('dialog').getByRole('alert').waitFor();
    expect(await page.getByLabel('原因说明').inputValue()).toBe('外出探亲');
    await page.getByRole('dialog').getByRole('button', { name: '取消' }).click();
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
  });

  test('an assignment by dragging that was sent late and refused is taken up again, with volunteer and station chosen', async () => {
    const { page, context, goTo } = staff;
    const volunteerId = await place.volunteer(8, '周秀英');
    const another = await place.volunteer(9, '吴桂芳');
    await goTo(`/centers/${place.centerId}/assign?station=${place.second}`);
    await opened.does('staff', `service-stations/${place.second}/resume-service-station`, {});
    const second = page.locator('.target', { hasText: '第二服务站' });
    await second.getByText('服务站暂停中').waitFor({ state: 'detached' });
    await page.locator('.candidate', { hasText: '周秀英' }).waitFor();
    await context.setOffline(true);
    await page.locator('.candidate', { hasText: '周秀英' }).dragTo(second);
    await page.getByText('1 项等待发送').waitFor();
    // Meanwhile one goes on, with somebody else chosen, to a page that was never read in this window.
    await page.getByRole('checkbox', { name: /吴桂芳/ }).check();
    await page.getByRole('link', { name: '总览', exact: true }).click();
    await page.getByText('这个页面没有读到').waitFor();
    await opened.does('staff', `volunteers/${volunteerId}/suspend-volunteer`, { reason: '外出' });
    await context.setOffline(false);
    await page.getByText('没有完成:周秀英到第二服务站').waitFor();
    // The page came after all, and with its style.
    await page.locator('.figure-tiles').waitFor();
    expect(await page.evaluate(`getComputedStyle(document.querySelector('.figure-tiles')).display`)).toBe('grid');
    await page.getByRole('button', { name: '修改后重发' }).click();
    await page.waitForURL(`**/centers/${place.centerId}/assign?station=${place.second}`);
    await page.getByText('已选 2 人').waitFor();
    await page.getByText('已选,但不在下面的名单里').waitFor();
    expect(await page.getByRole('checkbox', { name: /吴桂芳/ }).isChecked()).toBe(true);
    // What stood in the way is mended, and the same is sent anew.
    await opened.does('staff', `volunteers/${volunteerId}/reinstate-volunteer`, {});
    await page.getByRole('checkbox', { name: /周秀英/ }).waitFor();
    expect(await page.getByRole('checkbox', { name: /周秀英/ }).isChecked()).toBe(true);
    await page.getByRole('button', { name: '分到此站(2) · 第二服务站' }).click();
    await second.getByText('2 名志愿者').waitFor();
    const { rows } = await opened.asks<{ rows: { fact: string }[] }>('staff', `history/${another}`);
    expect(rows.filter(({ fact }) => fact === 'VolunteerLinkedToStation')).toHaveLength(1);
    await page.getByText('已选 2 人').waitFor({ state: 'hidden' });
  });

  test('an application that waits is one step away from what is to be done, and found by name when assigning', async () => {
    const { page, goTo } = staff;
    await goTo('/volunteers');
    await page.getByText('孙桂兰').waitFor();
    await goTo('/volunteers?stage=APPLIED');
    await page.getByText('孙桂兰').waitFor({ state: 'detached' });
    await goTo(`/centers/${place.centerId}/assign`);
    const candidates = page.locator('.candidate');
    await candidates.first().waitFor();
    await page.getByRole('main').getByRole('textbox', { name: /^姓名/ }).fill('没有这个人');
    await page.getByText('没有符合条件的志').waitFor();
    expect(await candidates.count()).toBe(0);
  });

  test('what was typed is still there after leaving the page, and after the session has ended', async () => {
    const { page, goTo } = staff;
    await goTo('/volunteers/new');
    await page.getByLabel('姓名', { exact: true }).fill('赵雪莲');
    await page.getByRole('link', { name: '社工', exact: true }).click();
    await page.getByRole('heading', { level: 1, name: '社工' }).waitFor();
    await page.getByRole('link', { name: '志愿者', exact: true }).click();
    await page.route('**/api/volunteers?*', route =>
      route.fulfill({
        status: 401,
        contentType: 'application/problem+json',
        body: '{"status":401,"code":"not-signed-in","detail":"请先登录"}',
      }),
    );
    await page.locator('.filters input').first().fill('zxl');
    await page.getByRole('dialog').getByText('请再次登录').waitFor();
    await page.unroute('**/api/volunteers?*');
    await page.getByRole('dialog').getByLabel('口令').fill('console-2026');
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    await page.getByRole('link', { name: '登记志愿者' }).click();
    await page.waitForURL('**/volunteers/new');
    expect(await page.getByLabel('姓名', { exact: true }).inputValue()).toBe('赵雪莲');
  });

  test('the browser had nothing to complain of, and asked no other host', () => {
    expect(staff.complaints).toEqual([]);
  });
});
