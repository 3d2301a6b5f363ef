import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { divisionIdOf } from '@lib/territory/division/division.js';
import { furnish, hasBrowser, idNumber, openConsole, patience, streetId, type Opened, type Visit } from './open-console.js';

jest.setTimeout(4 * patience);

interface OpenApi {
  readonly paths: Record<string, Record<string, { requestBody?: { content: Record<string, { schema: { $ref?: string } }> } }>>;
  readonly components: { readonly schemas: Record<string, { properties?: Record<string, Field> }> };
}
interface Field {
  readonly type?: string;
  readonly enum?: unknown;
  readonly pattern?: string;
  readonly format?: string;
  readonly maxLength?: number;
}

/** Every field of a command in which anything may be written, as `path field`, from the contract itself. */
function textFields(): string[] {
  const { paths, components } = JSON.parse(readFileSync('docs/openapi.json', 'utf8')) as OpenApi;
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.values(methods).flatMap(({ requestBody }) => {
      const name = requestBody?.content['application/json']?.schema.$ref?.split('/').at(-1);
      const fields = Object.entries((name && components.schemas[name]?.properties) || {});
      return fields
        .filter(
          ([, { type, enum: values, pattern, format, maxLength }]) =>
            type === 'string' && !values && !pattern && !format && maxLength,
        )
        .map(([field]) => `${path.replace('/api/', '').replace(/\{\w+\}/, '*')} ${field}`);
    }),
  );
}

/** Ways out of a text, of an attribute, of an address, of a template; each tells by which field it came. */
const ways: readonly ((mark: string) => string)[] = [
  mark => `<img src=x onerror="hit='${mark}'">`,
  mark => `<svg/onload=hit='${mark}'>`,
  mark => `"><script>hit='${mark}'</script>`,
  mark => `</td><a href="javascript:hit='${mark}'">x</a>`,
  mark => `' onfocus=hit='${mark}' autofocus x='`,
  mark => `{{name}}\${hit}<b>${mark}</b>`,
  mark => `&lt;i&gt;<iframe srcdoc=${mark}>`,
];

(hasBrowser ? describe : describe.skip)('what people wrote, in a browser', () => {
  let opened: Opened;
  const written = new Map<string, string>();
  const pages: [account: string, path: string][] = [];

  /** A command with something to do harm in one or several of its fields. */
  const harm = async (account: string, path: string, body: Record<string, unknown>, ...fields: string[]) => {
    const hostile = fields.map(field => {
      const name = `${path.replace(/[\da-f]{8}-[\da-f-]{27}/, '*')} ${field}`;
      const text = ways[written.size % ways.length]!(`m${written.size}m`);
      written.set(name, text);
      return [field, text] as const;
    });
    await opened.does(account, path, { ...body, ...Object.fromEntries(hostile) });
  };

  beforeAll(async () => {
    opened = await openConsole();
    const { centerId, first, second, communities, volunteer, worker } = await furnish(opened);
    const [workerId, serving, declined, stationId, otherCenter, newPlace, subscriptionId] = Array.from({ length: 7 }, () =>
      randomUUID(),
    ) as [string, string, string, string, string, string, string];
    const pilotStreet = divisionIdOf('220211001');
    const person = { homeDivisionId: streetId };

    await harm('registrar', `service-centers/${centerId}/rename-service-center`, {}, 'name');
    await harm('staff', `service-stations/${second}/suspend-service-station`, {}, 'reason');
    await harm('staff', 'service-stations', { stationId, centerId, communities: [communities[3]] }, 'name');
    await harm('staff', `service-stations/${stationId}/close-service-station`, {}, 'reason');

    await harm('staff', 'social-workers', { ...person, workerId, idNumber: idNumber(41) }, 'name');
    await opened.does('staff', `service-stations/${first}/assign-social-worker`, { workerId });
    const certificate = { certificateId: randomUUID(), workerId, level: 'INTERMEDIATE', passedOn: '2023-06-17' };
    await harm('registrar', 'certificates', certificate, 'number', 'issuedBy');
    const corrected = await worker(42, '李玉兰');
    await harm('registrar', `social-workers/${corrected}/correct-worker-identity`, {}, 'name');
    await harm('registrar', `social-workers/${corrected}/suspend-worker`, {}, 'reason');

    await harm('staff', 'volunteers', { ...person, volunteerId: serving, idNumber: idNumber(43), phone: '13910000043' }, 'name');
    await opened.does('staff', `volunteers/${serving}/accept-volunteer`, {});
    await opened.does('staff', 'volunteer-links', { volunteerId: serving, stationId: first });
    await opened.does('staff', 'volunteers', {
      ...person,
      volunteerId: declined,
      name: '朴志强',
      idNumber: idNumber(44),
      phone: '13910000044',
    });
    await harm('staff', `volunteers/${declined}/decline-volunteer`, {}, 'reason');
    const paused = await volunteer(45, '崔雪莲');
    await harm('staff', `volunteers/${paused}/suspend-volunteer`, {}, 'reason');

    await harm('registrar', 'service-centers', { centerId: otherCenter, divisionId: pilotStreet }, 'name');
    await harm('registrar', `service-centers/${otherCenter}/suspend-service-center`, {}, 'reason');
    await harm('registrar', `service-centers/${otherCenter}/close-service-center`, {}, 'reason');

    await harm('authority', `divisions/${communities[0]}/rename-division`, {}, 'name');
    await harm('authority', `divisions/${streetId}/record-population`, { population: 31_000, countedOn: '2020-11-01' }, 'source');
    const division = { divisionId: newPlace, code: '222401002888', kind: 'COMMUNITY', parentId: streetId, centreRequired: false };
    await harm('authority', 'divisions', division, 'name', 'source');
    await harm('authority', 'subscriptions', { subscriptionId }, 'name');
    await harm('authority', `subscriptions/${subscriptionId}/suspend-subscriber`, {}, 'reason');

    const trail = await opened.asks<{ rows: { commandId: string }[] }>('authority', 'history?fact=VolunteerSuspended');
    pages.push(
      ['staff', '/'],
      ['staff', `/places/${streetId}`],
      ['staff', `/centers/${centerId}`],
      ['staff', `/centers/${centerId}/assign?station=${first}`],
      ...[first, second, stationId].map(id => ['staff', `/stations/${id}`] as [string, string]),
      ['staff', '/volunteers'],
      ...[serving, declined, paused].map(id => ['staff', `/volunteers/${id}`] as [string, string]),
      ['staff', '/workers'],
      ...[workerId, corrected].map(id => ['registrar', `/workers/${id}`] as [string, string]),
      ...[
        centerId,
        otherCenter,
        first,
        second,
        stationId,
        serving,
        declined,
        paused,
        workerId,
        corrected,
        streetId,
        newPlace,
      ].map(id => ['registrar', `/history/${id}`] as [string, string]),
      ['registrar', `/overview?division=${streetId}`],
      ['registrar', `/overview?center=${centerId}`],
      ['registrar', '/structure'],
      ['authority', '/history'],
      ['authority', `/commands/${trail.rows[0]!.commandId}`],
      ['auditor', '/history'],
      ['auditor', `/history/${serving}`],
    );
  }, 4 * patience);
  afterAll(() => opened?.close(), patience);

  /** What came into being out of a text. */
  const escaped = ({ page }: Visit) =>
    page.evaluate<unknown>(`[typeof hit, ...Array.from(document.querySelectorAll(
      'img[src=x], #root script, #root iframe, [onload], [onerror], [onfocus], a[href^=javascript], #root b'), one => one.outerHTML)]`);

  test('is written into every field of the contract that takes a text', () => {
    // Whoever signs in writes these into fields that nobody else is shown.
    expect(textFields().filter(field => !written.has(field))).toEqual(['sessions account', 'sessions password']);
  });

  test('is a text and nothing else, on every page on which it stands, and each of it stands on one', async () => {
    const seen: string[] = [];
    for (const account of new Set(pages.map(([by]) => by))) {
      const visit = await opened.visit(account);
      for (const [, path] of pages.filter(([by]) => by === account)) {
        await visit.goTo(path);
        const loading = visit.page.locator('.quiet-note[role=status]');
        while ((await loading.count()) > 0) await loading.first().waitFor({ state: 'hidden' });
        await visit.page.evaluate(`document.querySelectorAll('main details').forEach(details => { details.open = true; })`);
        while ((await loading.count()) > 0) await loading.first().waitFor({ state: 'hidden' });
        seen.push(await visit.page.locator('body').innerText());
        expect([path, await escaped(visit)]).toEqual([path, ['undefined']]);
      }
      expect(visit.complaints).toEqual([]);
      await visit.context.close();
    }
    const shown = seen.join('\n');
    expect([...written].filter(([, text]) => !shown.includes(text))).toEqual([]);
  });

  test('is a text also where it is typed, rehearsed, refused and searched for', async () => {
    const text = ways[0]!('typed');
    const visit = await opened.visit('registrar');
    const { page, goTo } = visit;
    await goTo(pages.find(([, path]) => path.startsWith('/centers/'))![1]);
    await page.getByRole('button', { name: '更多操作' }).click();
    await page.getByRole('menuitem', { name: '中心更名' }).click();
    await page.getByRole('dialog').getByLabel('名称').fill(text);
    await page.locator('.consequences').getByText('中心更名').waitFor();
    expect(await escaped(visit)).toEqual(['undefined']);
    await page.getByRole('dialog').getByRole('button', { name: '确定' }).click();
    await page.getByRole('heading', { level: 1, name: text }).waitFor();
    for (const path of ['/volunteers', '/workers']) {
      await goTo(path);
      await page.locator('.filters input').first().fill(text);
      await page.getByText('共 0 人').waitFor();
      expect(await escaped(visit)).toEqual(['undefined']);
    }
    await goTo('/public');
    await page.getByLabel('街镇或社区名称').fill(text);
    await page.getByLabel('姓名', { exact: true }).first().fill(text);
    await page.getByLabel('证书管理号').fill(text);
    await page.getByRole('button', { name: '查验' }).click();
    await page.getByText('没有查到。').waitFor();
    expect(await escaped(visit)).toEqual(['undefined']);
    expect(visit.complaints).toEqual([]);
    await visit.context.close();
  });
});
