import { dateInShanghai } from '@lib/platform/kernel/calendar.js';
import { languageOfTerminal } from '@lib/platform/kernel/language.js';
import { Guide } from './guide.js';
import { NotAsTold, Office } from './office.js';
import { passwordOf } from './passwords.js';
import { twoPeopleEditOneCard, whoSeesWhat } from './scenes/care.js';
import { asItWas, inTheWordsOfTheOffice } from './scenes/looking-back.js';
import {
  aStationClosesWithAPlan,
  aStationPauses,
  oneCenterSeveralStations,
  oneStreetOneCenter,
  theStreetAsItWas,
} from './scenes/structure.js';
import { linksArePeriods, volunteersCome } from './scenes/volunteers.js';
import { aCertificateIsVerified, aWorkerIsSuspended, oneStationOneWorker, theSameCommandTwice } from './scenes/workers.js';
import { beginStory } from './story.js';
import { accounts, type Language } from './words.js';

/** A day of a center, from nothing. */
const day = [
  theStreetAsItWas,
  oneStreetOneCenter,
  oneCenterSeveralStations,
  oneStationOneWorker,
  theSameCommandTwice,
  aCertificateIsVerified,
  volunteersCome,
  linksArePeriods,
  aStationPauses,
  aWorkerIsSuspended,
  twoPeopleEditOneCard,
  aStationClosesWithAPlan,
  whoSeesWhat,
  asItWas,
  inTheWordsOfTheOffice,
] as const;

async function requireRunning(url: string, language: Language): Promise<void> {
  const running = await fetch(`${url}/api/health/ready`, { signal: AbortSignal.timeout(10_000) }).then(
    ({ ok }) => ok,
    () => false,
  );
  if (running) return;
  throw new NotAsTold(
    language === 'zh'
      ? `${url} 没有运行中的一站。请先在另一个终端运行 npm start;地址不同时用 YIZHAN_URL 指明。`
      : `No Yizhan answers at ${url}. Run npm start in another terminal first; YIZHAN_URL names another address.`,
  );
}

async function play(url: string, language: Language): Promise<void> {
  await requireRunning(url, language);
  const office = new Office(url, language);
  for (const account of accounts) await office.signIn(account, await passwordOf(account, language));
  const coloured = process.stdout.isTTY && !process.env.NO_COLOR;
  const guide = new Guide(office, language, dateInShanghai(Date.now()), coloured);
  const story = await beginStory(guide);
  guide.print(guide.words({ zh: `一站演示:一个街道的一天(${url})`, en: `Yizhan: a day of a street (${url})` }));
  guide.say({
    zh: '✓ 做成,→ 记下的事实  ✗ 按规矩被拒,附系统原话  ? 试算  · 查看  ◦ 实时  ★ 主要服务站;人名、证件均为虚构',
    en: '✓ done, → the facts it wrote  ✗ refused as it should be, in the system’s words  ? dry run  · look  ◦ live  ★ primary; people are invented',
  });
  for (const scene of day) await scene(guide, story);
  guide.print();
  guide.print(guide.words(guide.summary()));
  guide.print(
    guide.words({
      zh: `规则在 libs/*/*/*.commands.ts;能做什么见 ${url}/api/openapi.json。再运行一次,会换下一个街道。`,
      en: `The rules are in libs/*/*/*.commands.ts; what can be asked: ${url}/api/openapi.json. Run it again for the next street.`,
    }),
  );
}

const language = languageOfTerminal(process.env);
try {
  await play((process.env.YIZHAN_URL || 'http://127.0.0.1:3000').replace(/\/+$/, ''), language);
} catch (error) {
  const lost = language === 'zh' ? '与系统的连接中断。' : 'The connection to the system was lost.';
  console.error(
    error instanceof NotAsTold ? error.message : error instanceof TypeError && error.cause ? `${lost} ${error.message}` : error,
  );
  process.exitCode = 1;
}
