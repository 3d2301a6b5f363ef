import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { source as axeSource } from 'axe-core';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { hasPostgres } from '@lib/platform/testing/test-database.js';
import { divisionIdOf } from '@lib/territory/division/division.js';

const chromiumPath = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';

/** Whether these suites can run; where everything is required, one that cannot is not skipped but fails. */
export const hasBrowser = hasPostgres && (existsSync(chromiumPath) || Boolean(process.env.YIZHAN_REQUIRE_ALL));

export const password = 'console-2026';
/** The street of every spec: the pilot accounts reach it. */
export const streetId = divisionIdOf('222401002');
export const sizes = { desk: { width: 1366, height: 768 }, phone: { width: 390, height: 844 } } as const;

const shots = resolve('coverage/console');
const main = resolve('dist/apps/standalone/src/main.js');
/** A loaded machine may take long for anything. */
export const patience = 60_000;

/** The n-th made-up ID number that is right by its check digit. */
export function idNumber(nth: number): string {
  const digits = `22240119800101${String(nth).padStart(3, '0')}`;
  const sum = [...digits].reduce((total, digit, place) => total + Number(digit) * (2 ** (17 - place) % 11), 0);
  return `${digits}${'10X98765432'[sum % 11]}`;
}
export const phone = (nth: number) => `139${String(10_000_000 + nth)}`;

export interface Opened {
  readonly url: string;
  /** A command that must be done, by an account of the pilot. @param on entered late: the day from which it counts */
  does(account: string, path: string, body: object, on?: string): Promise<void>;
  /** A view that has folded everything that was done before. */
  asks<Body>(account: string, path: string): Promise<Body>;
  /** A browser of its own for somebody, signed in. */
  visit(account: string | undefined, how?: { size?: keyof typeof sizes; language?: 'zh' | 'en' }): Promise<Visit>;
  close(): Promise<void>;
}

export interface Visit {
  readonly context: BrowserContext;
  readonly page: Page;
  /** What the browser complained of, and requests that left the house. */
  readonly complaints: readonly string[];
  goTo(path: string): Promise<void>;
  picture(name: string): Promise<void>;
  /** What axe finds by the rules of WCAG 2.2 A and AA, as one line each. */
  barriers(): Promise<readonly string[]>;
}

async function startHouse(): Promise<{ readonly url: string; stop(): Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), 'yizhan-console-'));
  // Run by root, the database server has a user of its own, who must be able to come in.
  chmodSync(folder, 0o755);
  const { PATH, HOME, TMPDIR } = process.env;
  const child: ChildProcess = spawn(process.execPath, [main], {
    env: {
      PATH,
      HOME,
      ...(TMPDIR ? { TMPDIR } : {}),
      YIZHAN_LANGUAGE: 'en',
      YIZHAN_PORT: '0',
      YIZHAN_DATA: join(folder, 'data'),
      YIZHAN_PILOT_PASSWORD: password,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const ended = new Promise<void>(done => child.on('close', () => done()));
  const url = await new Promise<string>((ready, failed) => {
    const listen = (text: string) => {
      output += text;
      const said = /Yizhan is ready: (http\S+)/.exec(output);
      if (said) ready(said[1]!);
    };
    child.stdout!.setEncoding('utf8').on('data', listen);
    child.stderr!.setEncoding('utf8').on('data', listen);
    child.on('close', () => failed(new Error(`the house did not open:\n${output}`)));
  });
  return {
    url,
    async stop() {
      child.kill('SIGTERM');
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The built program with the built console, in a process of its own on a database of its own; and a real browser. */
export async function openConsole(): Promise<Opened> {
  const house = await startHouse();
  const browser: Browser = await chromium.launch({
    executablePath: chromiumPath,
    args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
  });
  let written: string | undefined;
  const tokens = new Map<string, string>();
  const tokenOf = async (account: string): Promise<string> => {
    const known = tokens.get(account);
    if (known) return known;
    const answer = await fetch(`${house.url}/api/sessions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ account, password }),
    });
    const { token } = (await answer.json()) as { token: string };
    tokens.set(account, token);
    return token;
  };

  const visit: Opened['visit'] = async (account, { size = 'desk', language = 'zh' } = {}) => {
    const context = await browser.newContext({ viewport: sizes[size], locale: 'zh-CN', timezoneId: 'Asia/Shanghai' });
    context.setDefaultTimeout(patience);
    await context.addInitScript({ content: `localStorage.setItem('yizhan.language', '${language}')` });
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on('pageerror', error => complaints.push(`error: ${error.message}`));
    page.on('dialog', dialog => {
      // The console asks before it lets go of what was typed; anything else that asks is not the console.
      if (dialog.type() !== 'beforeunload') complaints.push(`dialog: ${dialog.message()}`);
      // A page that is gone by now waits for no answer.
      dialog.accept().catch(() => undefined);
    });
    page.on('console', message => {
      if (/Content Security Policy|Warning:/.test(message.text())) complaints.push(message.text().slice(0, 300));
    });
    page.on('request', request => {
      const { origin, protocol, searchParams } = new URL(request.url());
      if (protocol !== 'data:' && origin !== new URL(house.url).origin) complaints.push(`asked ${request.url()}`);
      if (searchParams.has('token') || /eyJ/.test(request.url())) complaints.push(`a token in ${request.url()}`);
    });
    const goTo = async (path: string) => {
      await page.goto(`${house.url}${path}`);
      await page.locator('h1').first().waitFor();
    };
    await goTo(account === undefined ? '/public' : '/sign-in');
    if (account !== undefined) {
      await page.locator('input[autocomplete=username]').fill(account);
      await page.locator('input[autocomplete=current-password]').fill(password);
      await page.keyboard.press('Enter');
      await page.waitForURL(({ pathname }) => pathname === '/');
      await page.locator('h1').first().waitFor();
    }
    return {
      context,
      page,
      complaints,
      goTo,
      async picture(name) {
        mkdirSync(shots, { recursive: true });
        await page.screenshot({ path: join(shots, `${name}-${language}-${size}.png`), fullPage: size === 'phone' });
      },
      async barriers() {
        await page.evaluate(axeSource);
        const found = await page.evaluate(
          `axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] }).then(({ violations }) =>
             violations.map(({ id, nodes }) => id + ': ' + nodes.slice(0, 4).map(({ target, html }) => target.join(' ') + ' ' + html.slice(0, 160)).join(' | ')))`,
        );
        return found as string[];
      },
    };
  };

  return {
    url: house.url,
    visit,
    async does(account, path, body, on) {
      const answer = await fetch(`${house.url}/api/${path}`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          authorization: `Bearer ${await tokenOf(account)}`,
          'idempotency-key': randomUUID(),
          ...(on ? { 'effective-on': on, 'reason-code': 'late-entry' } : {}),
        },
        body: JSON.stringify(body),
      });
      if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
      ({ position: written } = (await answer.json()) as { position: string });
    },
    async asks(account, path) {
      const answer = await fetch(`${house.url}/api/${path}`, {
        headers: { authorization: `Bearer ${await tokenOf(account)}`, ...(written === undefined ? {} : { 'x-after': written }) },
      });
      if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
      return (await answer.json()) as never;
    },
    async close() {
      await browser.close();
      await house.stop();
    },
  };
}

/** The day so many days from now, in China, `YYYY-MM-DD`. */
export const dayFromNow = (days: number) =>
  new Date(Date.now() + days * 86_400_000).toLocaleDateString('sv-SE', { timeZone: 'Asia/Shanghai' });

/** A center of the street with two stations, and ids of what is in it. @param on the day from which the center counts */
export async function furnish(opened: Opened, on?: string) {
  const [centerId, first, second] = [randomUUID(), randomUUID(), randomUUID()] as const;
  const communities = (
    await opened.asks<{ rows: { divisionId: string }[] }>('staff', `divisions?parentId=${streetId}&limit=4`)
  ).rows.map(({ divisionId }) => divisionId);
  await opened.does('registrar', 'service-centers', { centerId, divisionId: streetId, name: '北山街道社工服务中心' }, on);
  await opened.does('staff', 'service-stations', {
    stationId: first,
    centerId,
    name: '第一服务站',
    communities: [communities[0]],
  });
  await opened.does('staff', 'service-stations', {
    stationId: second,
    centerId,
    name: '第二服务站',
    communities: [communities[1]],
  });
  const volunteer = async (nth: number, name: string) => {
    const volunteerId = randomUUID();
    await opened.does('staff', 'volunteers', {
      volunteerId,
      homeDivisionId: streetId,
      name,
      idNumber: idNumber(nth),
      phone: phone(nth),
      skills: ['COMPANIONSHIP'],
    });
    await opened.does('staff', `volunteers/${volunteerId}/accept-volunteer`, {});
    return volunteerId;
  };
  const worker = async (nth: number, name: string) => {
    const workerId = randomUUID();
    await opened.does('staff', 'social-workers', {
      workerId,
      homeDivisionId: streetId,
      name,
      idNumber: idNumber(nth),
      phone: phone(nth),
    });
    return workerId;
  };
  return { centerId, first, second, communities, volunteer, worker };
}
