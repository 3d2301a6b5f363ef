import { furnish, hasBrowser, openConsole, patience, type Opened, type Visit } from './open-console.js';

jest.setTimeout(4 * patience);

(hasBrowser ? describe : describe.skip)('the tour for newcomers, in a browser', () => {
  let opened: Opened;
  let staff: Visit;
  beforeAll(async () => {
    opened = await openConsole();
  }, 4 * patience);
  afterAll(() => opened?.close(), patience);

  const offer = () => staff.page.getByRole('complementary', { name: '新手导览' });
  const words = (title: string) => staff.page.getByRole('dialog', { name: title });
  /** In the page: whether all of what a selector finds lies within the window. */
  const inSight = (selector: string) => `(() => {
    const { left, top, right, bottom } = document.querySelector('${selector}').getBoundingClientRect();
    return left >= 0 && top >= 0 && right <= innerWidth && bottom <= innerHeight;
  })()`;
  const startFromMenu = async () => {
    const { page, barriers } = staff;
    await page.getByRole('button', { name: /账号菜单/ }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('menuitem', { name: '新手导览' }).waitFor();
    await page.waitForFunction(inSight('.ant-dropdown'));
    await page.waitForFunction(`document.activeElement?.getAttribute('role') === 'menuitem'`);
    expect(await barriers()).toEqual([]);
    await page.keyboard.press('Enter');
  };

  /** The policy of the page forbids what would look again by itself. */
  const until = async (page: Visit['page'], isSo: string) => {
    while (!(await page.evaluate(isSo))) await page.waitForTimeout(50);
  };

  test('who has no center yet, and nothing in it, is told so and left alone', async () => {
    const { page, complaints, context, barriers } = await opened.visit('staff', { size: 'phone' });
    await page.getByText('还没有中心').first().waitFor();
    await page.getByRole('button', { name: '开始导览' }).click();
    const dialog = page.getByRole('dialog', { name: '导览从一个中心开始' });
    await dialog.getByText('您的辖区里还没有中心').waitFor();
    await until(page, inSight('.ant-tour'));
    expect(await barriers()).toEqual([]);
    await dialog.getByRole('button', { name: '完成' }).click();
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    expect(complaints).toEqual([]);
    await context.close();
  });

  /** Walks from the offer to the end. @returns titles and words of all that was shown, each within the window */
  const walk = async ({ page }: Visit): Promise<readonly string[]> => {
    await page.getByRole('button', { name: '开始导览' }).click();
    const seen: string[] = [];
    for (let last = false; !last && seen.length < 20;) {
      const onward = page.locator('.ant-tour .ant-btn-primary');
      await onward.waitFor();
      await until(page, inSight('.ant-tour'));
      const title = await page.locator('.ant-tour-title').innerText();
      seen.push(`${title}:${await page.locator('.ant-tour-description').innerText()}`);
      const does = await onward.innerText();
      last = /完\s?成/.test(does);
      await onward.click();
      const isElsewhere = { hasNotText: new RegExp(`^${does}$`) };
      if (does.startsWith('去')) await page.locator('.ant-tour .ant-btn-primary', isElsewhere).waitFor();
      else if (!last) await page.locator('.ant-tour-title', { hasNotText: title }).waitFor();
    }
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    return seen;
  };

  describe('once there is a center', () => {
    beforeAll(() => furnish(opened), 2 * patience);

    test.each([
      ['authority', 'desk', ['导览从一个中心开始', '导览从一个中心开始', '导览从一个中心开始', '导览从一个中心开始']],
      ['authority', 'phone', ['导览从一个中心开始', '导览从一个中心开始', '导览从一个中心开始', '导览从一个中心开始']],
      ['auditor', 'desk', ['导览从一个中心开始']],
      ['auditor', 'phone', ['导览从一个中心开始']],
    ] as const)(
      '%s walks it at the %s to the end, down to a center with red rows, and is told of what is theirs',
      async (account, size, down) => {
        const visit = await opened.visit(account, { size });
        await visit.page.getByRole('link', { name: /延边朝鲜族自治州|北山街道社工服务中心/ }).waitFor();
        const seen = await walk(visit);
        expect(seen.map(text => text.slice(0, text.indexOf(':')))).toEqual([
          ...down,
          '您在这里',
          '服务站和颜色',
          '先做什么',
          '审计',
          '经过',
        ]);
        // Nobody is sent to a link that is not there.
        expect(seen.find(text => text.startsWith('先做什么'))).not.toContain('点右边的链接');
        await visit.page.getByText('“第一服务站”没有社工').waitFor();
        expect(visit.complaints).toEqual([]);
        await visit.context.close();
      },
    );

    test('center staff walk it on a phone over a center with red rows', async () => {
      const visit = await opened.visit('staff', { size: 'phone' });
      await visit.page.getByRole('link', { name: '北山街道社工服务中心' }).waitFor();
      const seen = await walk(visit);
      expect(seen).toHaveLength(7);
      expect(seen.find(text => text.startsWith('先做什么'))).toContain('点右边的链接');
      await visit.context.close();
    });

    test('it is offered without taking the keyboard, and leads to a center', async () => {
      staff = await opened.visit('staff');
      const { page, barriers } = staff;
      await offer().waitFor();
      expect(await offer().evaluate(element => element.contains(element.ownerDocument.activeElement))).toBe(false);
      expect(await barriers()).toEqual([]);
      await page.getByRole('link', { name: '北山街道社工服务中心' }).waitFor();
      await offer().getByRole('button', { name: '开始导览' }).focus();
      await page.keyboard.press('Enter');
      await words('导览从一个中心开始').waitFor();
      await offer().waitFor({ state: 'hidden' });
      await page.keyboard.press('Enter');
      await page.waitForURL('**/centers/*');
    });

    test('it is walked by keyboard to the end, and the keyboard stays within its words', async () => {
      const { page, barriers } = staff;
      const found: Record<string, readonly string[]> = {};
      for (const title of ['您在这里', '服务站和颜色', '先做什么', '分派志愿者', '做错了,马上撤销', '经过:一切都有记录']) {
        await words(title).waitFor();
        for (let tabs = 0; tabs < 4; tabs++) {
          await page.keyboard.press('Tab');
          expect(await words(title).evaluate(element => element.contains(element.ownerDocument.activeElement))).toBe(true);
        }
        const all = await barriers();
        if (all.length > 0) found[title] = all;
        const onward = words(title).getByRole('button', { name: /下一步|完成/ });
        while (!(await onward.evaluate(element => element === element.ownerDocument.activeElement)))
          await page.keyboard.press('Tab');
        await page.keyboard.press('Enter');
      }
      expect(found).toEqual({});
      await page.getByRole('dialog').waitFor({ state: 'hidden' });
    });

    test('it is not offered again, is started from the menu, and left with Esc', async () => {
      const { page, goTo, complaints } = staff;
      await goTo('/');
      await page.getByRole('link', { name: '北山街道社工服务中心' }).waitFor();
      expect(await offer().count()).toBe(0);
      await page.getByRole('link', { name: '北山街道社工服务中心' }).click();
      await page.getByText('“第一服务站”没有社工').waitFor();
      // Whoever wants no motion gets everything at its place as well.
      await page.emulateMedia({ reducedMotion: 'reduce' });
      await startFromMenu();
      await words('您在这里').waitFor();
      await page.waitForFunction(inSight('.ant-tour'));
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'hidden' });
      const menu = page.getByRole('button', { name: /账号菜单/ });
      expect(await menu.evaluate(element => element === element.ownerDocument.activeElement)).toBe(true);
      expect(complaints).toEqual([]);
    });
  });
});
