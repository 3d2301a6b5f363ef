import { gatherStatistics } from '@lib/house/databases.js';
import { bringDivisions, openPilotAccounts } from '@lib/house/first-day.js';
import { grantRoles } from '@lib/house/grants.js';
import { knownOffice } from '@lib/house/known-office.js';
import type { Task } from './task.js';

/** The first day: tables, master key, divisions, pilot accounts. What is there already stays; what was interrupted goes on. */
export const init: Task = async ({ terminal, settings, foundation, grants }) => {
  const { store, databases } = foundation;
  let imported = false;
  await bringDivisions(store, ({ done, total }) => {
    imported = true;
    const line = { zh: `导入吉林省行政区划 ${done}/${total}`, en: `Loading the divisions of Jilin ${done}/${total}` };
    terminal.progress(line, done === total);
  });
  const opened = await openPilotAccounts({ store, sessions: knownOffice(foundation).sessions }, settings.pilotPassword);
  if (imported) await gatherStatistics(databases.log);
  if (opened.length > 0) {
    terminal.say({
      zh: '试点账号(口令只显示这一次,请抄下):',
      en: 'Pilot accounts (passwords are shown this once; write them down):',
    });
    for (const { account, password } of opened)
      console.log(`  ${account.padEnd(10)} ${settings.pilotPassword === undefined ? password : 'YIZHAN_PILOT_PASSWORD'}`);
  }
  if (await grantRoles(databases, grants)) {
    terminal.say({
      zh: '已授权 yizhan_app、yizhan_auditor(infra/postgres);日常运行请用 yizhan_app。',
      en: 'Granted to yizhan_app and yizhan_auditor what infra/postgres says; run every day as yizhan_app.',
    });
  }
  terminal.say({
    zh: '已就绪。现在可以启动 npm run projector、npm run reactor、npm run api。',
    en: 'Ready. Now start npm run projector, npm run reactor, npm run api.',
  });
  return 0;
};
