// npm run screenshots: takes the pictures of the README anew, in docs/pictures. Opens a house of its own on a free port and in a folder
// that is gone afterwards, tells a day of a center, and goes through the console as the README describes it, so that it also fails
// where that walk no longer matches.
import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { build, changed } from '../build/build.mjs';
import { installBrowser } from './install.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const pictures = join(root, 'docs/pictures');
const password = 'pictures-2026';
const largest = 200_000;
const patience = 60_000;

const executablePath = installBrowser();
if (!executablePath) {
  console.error('没有找到 Chromium,可用 CHROMIUM_PATH 指明。 No Chromium was found; CHROMIUM_PATH names one.');
  process.exit(1);
}
if (changed()) await build();
mkdirSync(pictures, { recursive: true });

const folder = mkdtempSync(join(tmpdir(), 'yizhan-pictures-'));
// Run by root, the database server has a user of its own, who must be able to come in.
chmodSync(folder, 0o755);
const { PATH, HOME, TMPDIR } = process.env;
const env = { PATH, HOME, ...(TMPDIR ? { TMPDIR } : {}), YIZHAN_LANGUAGE: 'en', YIZHAN_PILOT_PASSWORD: password, NO_COLOR: '1' };
const program = (app, more) =>
  spawn(process.execPath, [join(root, 'dist/apps', app, 'src/main.js')], {
    env: { ...env, ...more },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
const ended = child => new Promise(done => child.on('close', done));

/** @returns what the program wrote, once it has ended or written what is waited for. @throws with all of it when it failed */
function output(child, until) {
  return new Promise((done, failed) => {
    let text = '';
    const listen = more => {
      text += more;
      const found = until?.exec(text);
      if (found) done(found[1]);
    };
    child.stdout.setEncoding('utf8').on('data', listen);
    child.stderr.setEncoding('utf8').on('data', listen);
    child.on('close', code => (code === 0 ? done(text) : failed(new Error(text))));
  });
}

const house = program('standalone', { YIZHAN_PORT: '0', YIZHAN_DATA: join(folder, 'data') });
const closed = ended(house);
let browser;
try {
  const url = await output(house, /Yizhan is ready: (http\S+)/);
  await output(program('demo', { YIZHAN_URL: url }));
  browser = await chromium.launch({ executablePath, args: process.getuid?.() === 0 ? ['--no-sandbox'] : [] });

  const visit = async (language, viewport) => {
    const context = await browser.newContext({ viewport, locale: 'zh-CN', timezoneId: 'Asia/Shanghai', reducedMotion: 'reduce' });
    context.setDefaultTimeout(patience);
    await context.addInitScript({ content: `localStorage.setItem('yizhan.language', '${language}')` });
    const page = await context.newPage();
    await page.goto(`${url}/sign-in`);
    await page.locator('input[autocomplete=username]').fill('staff');
    await page.locator('input[autocomplete=current-password]').fill(password);
    await page.keyboard.press('Enter');
    await page.waitForURL(({ pathname }) => pathname === '/');
    await page.locator('h1').first().waitFor();
    return page;
  };
  const picture = async (page, name) => {
    // The stream of what others change never ends, so the network is never idle; what is shown is waited for instead.
    await page.waitForFunction(() => document.querySelector('.quiet-note .ant-spin') === null);
    // The bar at the top is filled in later than the page.
    await page.locator('.quick-search').waitFor();
    await page.locator('.user-menu').waitFor();
    await page.evaluate(() => document.fonts.ready);
    const path = join(pictures, `${name}.png`);
    await page.screenshot({ path, animations: 'disabled', caret: 'hide' });
    const { size } = statSync(path);
    console.log(`docs/pictures/${name}.png ${Math.round(size / 1000)} kB`);
    if (size > largest) throw new Error(`${name}.png is larger than ${largest / 1000} kB`);
  };

  // The walk of the README.
  const page = await visit('zh', { width: 1366, height: 768 });
  await page
    .getByRole('link', { name: /社工服务中心/ })
    .first()
    .click();
  await page.getByRole('link', { name: '分派志愿者' }).first().waitFor();
  await picture(page, 'center');
  const center = page.url();
  await page.getByRole('link', { name: '分派志愿者' }).first().click();
  const candidate = page.locator('.candidate').first();
  await candidate.waitFor();
  await candidate.getByRole('checkbox').check();
  await picture(page, 'assign');
  await page
    .getByRole('button', { name: /^分到此站\(1\) · / })
    .first()
    .click();
  await page.getByRole('button', { name: '撤销' }).waitFor();
  await page.goto(center);
  await page.getByRole('table').getByRole('link').first().click();
  await page.getByRole('link', { name: '经过' }).first().click();
  await page.getByRole('heading', { level: 1 }).waitFor();
  await picture(page, 'history');
  await page.goto(`${url}/volunteers`);
  await page.getByRole('table').first().waitFor();
  await picture(page, 'volunteers');

  const phone = await visit('zh', { width: 390, height: 844 });
  await phone.goto(center);
  await phone.getByRole('heading', { level: 1 }).waitFor();
  await picture(phone, 'center-phone');
  const english = await visit('en', { width: 1366, height: 768 });
  await english.goto(center);
  await english.getByRole('heading', { level: 1 }).waitFor();
  await picture(english, 'center-english');
} finally {
  await browser?.close();
  house.kill('SIGTERM');
  await closed;
  rmSync(folder, { recursive: true, force: true });
}
