import { randomUUID } from 'node:crypto';
import { factWords } from '../src/shell/fact-words.js';
import { choose } from './list.js';
import { furnish, hasBrowser, openConsole, patience, streetId, type Opened, type Visit } from './open-console.js';

jest.setTimeout(4 * patience);

interface Fact {
  readonly fact: string;
  readonly words: string;
  readonly commandId: string;
}
interface Division {
  readonly divisionId: string;
  readonly name: string;
  readonly path: string;
}
interface Trail {
  readonly command: { readonly facts: readonly Fact[] };
  readonly consequences: readonly { readonly facts: readonly Fact[] }[];
}

(hasBrowser ? describe : describe.skip)('what is said beforehand is what happens', () => {
  let opened: Opened;
  let place: Awaited<ReturnType<typeof furnish>>;
  let staff: Visit;
  beforeAll(async () => {
    opened = await openConsole();
    place = await furnish(opened);
    staff = await opened.visit('staff');
  }, 4 * patience);
  afterAll(() => opened?.close(), patience);

  const dialog = () => staff.page.getByRole('dialog');
  const fromMenu = async (action: string) => {
    await staff.page.getByRole('button', { name: '更多操作' }).click();
    await staff.page.getByRole('menuitem', { name: action }).click();
    await dialog().getByText(action, { exact: true }).first().waitFor();
  };
  const pick = (option: string | RegExp) => choose(staff.page, option);
  /** Every line that the dialog shows, once a certain one is among them. */
  const foreseen = async (line: string): Promise<readonly string[]> => {
    const box = dialog().locator('.consequences');
    await box.getByText(line, { exact: true }).waitFor();
    return box.locator('li').allInnerTexts();
  };
  const confirm = async (done: string) => {
    await dialog().getByRole('button', { name: '确定' }).click();
    await staff.page.getByText(`已完成:${done}`).waitFor();
  };
  /** What a command wrote, by the history of what it was about, and what followed from it by itself. */
  const happened = async (subjectId: string, fact: string, follows = 0) => {
    for (const since = Date.now(); Date.now() - since < patience; await staff.page.waitForTimeout(200)) {
      const { rows } = await opened.asks<{ rows: Fact[] }>('auditor', `history/${subjectId}?fact=${fact}&limit=1`);
      if (!rows[0]) continue;
      const { command, consequences } = await opened.asks<Trail>('auditor', `history/commands/${rows[0].commandId}`);
      if (consequences.length >= follows) return { facts: command.facts, after: consequences.flatMap(({ facts }) => facts) };
    }
    throw new Error(`${fact} did not happen, or not all that follows from it`);
  };
  /** The same facts in the words of the dialog. */
  const inWordsOfDialog = (facts: readonly Fact[]): readonly string[] => {
    const kinds = facts.map(({ fact }) => fact);
    return [...new Set(kinds)].map(kind =>
      factWords[`will.${kind}` as keyof typeof factWords].zh.replace(
        '{count}',
        String(kinds.filter(each => each === kind).length),
      ),
    );
  };

  test('a worker is replaced by another: one posting ends, and one begins', async () => {
    const [former, next] = [await place.worker(31, '李玉兰'), await place.worker(32, '崔明哲')];
    await opened.does('staff', `service-stations/${place.first}/assign-social-worker`, { workerId: former });
    await staff.goTo(`/stations/${place.first}`);
    await staff.page.getByRole('button', { name: '更换社工' }).click();
    await dialog().getByRole('combobox').click();
    await pick('崔明哲');
    const said = await foreseen('新社工接替现任');
    expect(said).toEqual(['新社工接替现任', '1 名社工的任职记录结束', '社工的任职记录开始']);
    await confirm('更换社工');
    await staff.page.getByRole('link', { name: '崔明哲' }).waitFor();
    const { facts, after } = await happened(place.first, 'SocialWorkerReplaced');
    expect(inWordsOfDialog(facts)).toEqual(said);
    expect(after).toEqual([]);
    const { worker } = await opened.asks<{ worker: { id: string } }>('staff', `service-stations/${place.first}`);
    expect(worker.id).toBe(next);
  });

  test('other communities are covered: what is released and what is new is counted before', async () => {
    await staff.goTo(`/stations/${place.second}`);
    await fromMenu('调整覆盖社区');
    await dialog().getByLabel('覆盖社区').fill('丹岭');
    await pick(/^丹岭社区$/);
    await dialog().locator('.ant-select-selection-item-remove').first().click();
    await dialog().locator('.ant-modal-title').click();
    const said = await foreseen('新覆盖 1 个社区');
    expect(said).toEqual(['覆盖的社区改变', '1 个社区不再由本站覆盖', '新覆盖 1 个社区']);
    await confirm('调整覆盖社区');
    expect(inWordsOfDialog((await happened(place.second, 'StationCoverageSet')).facts)).toEqual(said);
  });

  test('a station moves to another center only with what it covers, and its worker and volunteers stay with it', async () => {
    const [stationId, farId] = [randomUUID(), randomUUID()];
    const { rows: streets } = await opened.asks<{ rows: Division[] }>(
      'staff',
      `divisions?name=${encodeURIComponent('前进街道')}`,
    );
    const { rows: communities } = await opened.asks<{ rows: Division[] }>('staff', `divisions?parentId=${streetId}&limit=9`);
    const far = streets.find(({ path }) => path === '长春市 朝阳区')!.divisionId;
    const community = communities.findLast(({ name }) => name !== '丹岭社区')!.divisionId;
    await opened.does('registrar', 'service-centers', { centerId: farId, divisionId: far, name: '前进街道社工服务中心' });
    await opened.does('staff', 'service-stations', {
      stationId,
      centerId: place.centerId,
      name: '第三服务站',
      communities: [community],
    });
    await staff.goTo(`/stations/${stationId}`);
    await fromMenu('改属另一个中心');
    await dialog().getByLabel('新的中心').fill('前进');
    await pick('前进街道社工服务中心');
    // What may not be is said before, and why.
    await dialog().locator('.ant-alert-warning').waitFor();
    await dialog().getByRole('button', { name: '取消' }).click();
    await opened.does('authority', `divisions/${community}/reparent-division`, { parentId: far });
    await staff.goTo(`/stations/${stationId}`);
    await fromMenu('改属另一个中心');
    await dialog().getByLabel('新的中心').fill('前进');
    await pick('前进街道社工服务中心');
    const said = await foreseen('1 个服务站改属中心');
    expect(said).toEqual(['1 个服务站改属中心', '1 个服务站离开原中心', '1 个服务站归入该中心']);
    await confirm('改属另一个中心');
    await staff.page.getByRole('navigation').getByRole('link', { name: '前进街道社工服务中心' }).waitFor();
    const { facts, after } = await happened(stationId, 'StationMovedToCenter');
    expect(inWordsOfDialog(facts)).toEqual(said);
    expect(after).toEqual([]);
  });

  test('a station closes: its worker leaves at once, and its volunteers and communities go where it was said', async () => {
    for (const [nth, name] of [
      [33, '金顺姬'],
      [34, '朴志强'],
    ] as const) {
      const volunteerId = await place.volunteer(nth, name);
      await opened.does('staff', 'volunteer-links', { volunteerId, stationId: place.first });
    }
    await staff.goTo(`/stations/${place.first}`);
    await staff.page.getByRole('link', { name: '朴志强' }).waitFor();
    await fromMenu('关闭服务站');
    await dialog().getByLabel('原因说明').fill('两站合并');
    // Nobody takes over: links end, and the community is free.
    expect(await foreseen('随后 2 名志愿者与本站的联系结束')).toEqual([
      '服务站关闭,不能再恢复',
      '1 个服务站离开原中心',
      '1 名社工的任职记录结束',
      '1 个社区不再由本站覆盖',
      '随后 2 名志愿者与本站的联系结束',
    ]);
    await dialog().getByLabel('交给哪个站').click();
    await pick('第二服务站');
    const said = await foreseen('随后 2 名志愿者转到第二服务站');
    expect(said).toContain('覆盖的社区改变');
    await confirm('关闭服务站');
    await staff.page.getByText('已关闭').first().waitFor();
    const { facts, after } = await happened(place.first, 'ServiceStationClosed', 2);
    const was = [
      ...inWordsOfDialog(facts),
      `随后 ${after.filter(({ fact }) => fact === 'VolunteerTransferred').length} 名志愿者转到第二服务站`,
    ];
    // At once is at once: in which order the facts of one command stand is not said.
    expect(was.toSorted()).toEqual(said.toSorted());
  });

  test('the browser had nothing to complain of, and asked no other host', () => expect(staff.complaints).toEqual([]));
});
