// Finds a Chromium for the browser tests of the console; as root on Debian or Ubuntu, installs one where there is none.
// Run by itself, it says where it is. Nothing is downloaded from anywhere but the system's own package sources.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const usualPlaces = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome-stable',
  '/usr/bin/google-chrome',
  '/usr/lib/chromium/chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];
const longest = 300_000;

/** @returns undefined when there is none; a CHROMIUM_PATH that leads nowhere is none */
export function findBrowser() {
  const named = process.env.CHROMIUM_PATH;
  return named ? [named].find(existsSync) : usualPlaces.find(existsSync);
}

/** @returns the path, after an installation where that is possible and nothing was found */
export function installBrowser() {
  const found = findBrowser();
  if (found || process.env.CHROMIUM_PATH || process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return found;
  console.log('正在安装浏览器… installing a browser for the tests of the console …');
  const apt = (...args) =>
    spawnSync('/usr/bin/apt-get', args, {
      stdio: 'ignore',
      timeout: longest,
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    });
  apt('update');
  apt('install', '-y', '--no-install-recommends', 'chromium', 'fonts-noto-cjk');
  return findBrowser();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const path = installBrowser();
  console.log(path ?? '没有浏览器,请安装 Chromium 或设置 CHROMIUM_PATH。 No browser: install Chromium or set CHROMIUM_PATH.');
  process.exitCode = path ? 0 : 1;
}
