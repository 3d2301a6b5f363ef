import type { VolunteerCard } from '@lib/volunteering/volunteer/volunteer.views.js';
import type { Guide } from '../guide.js';
import type { Command } from '../office.js';
import { misread } from '../people.js';
import type { Member, Station, Story } from '../story.js';

const apply = ({ id, name, idNumber, phone }: Member, homeDivisionId: string, how: Command['how'] = {}): Command => ({
  path: 'volunteers',
  body: { volunteerId: id, homeDivisionId, name, idNumber, phone, skills: ['COMPANIONSHIP'] },
  how,
});

const accept = ({ id }: Member, how: Command['how'] = {}): Command => ({
  path: `volunteers/${id}/accept-volunteer`,
  body: {},
  how,
});

const link = (volunteer: Member, station: Station, how: Command['how'] = {}): Command => ({
  path: 'volunteer-links',
  body: { volunteerId: volunteer.id, stationId: station.id },
  how,
});

const ofLinks = (volunteer: Member, act: string, body: object, how: Command['how'] = {}): Command => ({
  path: `volunteer-links/${volunteer.id}/${act}`,
  body,
  how,
});

export async function volunteersCome(guide: Guide, { township, volunteers, stations }: Story): Promise<void> {
  const { divisionId } = township;
  const { moving, shared, ofFirst, ofSecond, ofThird } = volunteers;
  const all = [moving, shared, ofFirst, ofSecond, ofThird];
  guide.scene({ zh: '多名义工', en: 'Several volunteers' });
  await guide.does(
    'anybody',
    { zh: `不用登录,${all.length} 人申请做志愿者`, en: `applies without signing in: ${all.length} people` },
    all.map(volunteer => apply(volunteer, divisionId)),
    ['VolunteerRegistered', 'PersonKeyClaimed'],
  );
  const wrong = { ...moving, id: crypto.randomUUID(), idNumber: misread(moving.idNumber) };
  await guide.isRefused(
    'anybody',
    { zh: '身份证号抄错一位', en: 'mistypes an ID number' },
    apply(wrong, divisionId),
    400,
    'validation-failed',
  );
  await guide.isRefused(
    'anybody',
    { zh: `${moving.name}又申请一次`, en: `applies again as ${moving.name}` },
    apply({ ...moving, id: crypto.randomUUID() }, divisionId),
    409,
    'person-already-volunteer',
  );
  await guide.does(
    'staff',
    { zh: '接纳他们', en: 'accepts them' },
    all.map(volunteer => accept(volunteer)),
    ['VolunteerAccepted'],
  );
  await guide.does(
    'worker',
    { zh: `把志愿者联系到站上(${shared.name}在两个站)`, en: `links them to stations (${shared.name} to two)` },
    [
      link(moving, stations.first),
      link(ofFirst, stations.first),
      link(ofSecond, stations.second),
      link(shared, stations.second),
      link(shared, stations.third),
      link(ofThird, stations.third),
    ],
    ['VolunteerLinkedToStation'],
  );
  await guide.tree('staff', divisionId);
}

export async function linksArePeriods(guide: Guide, { township, volunteers, stations, ago }: Story): Promise<void> {
  const { returning, moving, shared } = volunteers;
  const { first, second, third } = stations;
  const late = (days: number) => ({ on: ago(days), because: 'late-entry' }) as const;
  guide.scene({ zh: '联系是一段段的时间', en: 'Links are periods: they begin, end, and may begin again' });
  const [linked, unlinked] = [['VolunteerLinkedToStation'], ['VolunteerUnlinked']];
  const paper = { on: ago(12), because: 'paper-record' } as const;
  await guide.does(
    'staff',
    { zh: `按纸质登记表补录老志愿者${returning.name}`, en: `enters ${returning.name}, a volunteer of old, from paper` },
    apply(returning, township.divisionId, paper),
    ['VolunteerRegistered', 'PersonKeyClaimed'],
  );
  await guide.does('staff', { zh: `接纳,自 ${ago(12)} 起`, en: `accepts, from ${ago(12)}` }, accept(returning, paper), [
    'VolunteerAccepted',
  ]);
  await guide.does(
    'worker',
    { zh: `补录:${returning.name}自 ${ago(11)} 起服务`, en: `enters late: ${returning.name} served from ${ago(11)}` },
    link(returning, first, late(11)),
    linked,
  );
  await guide.does(
    'worker',
    { zh: `补录:${ago(8)} 离开`, en: `enters late: left on ${ago(8)}` },
    ofLinks(returning, 'unlink-volunteer', { stationId: first.id, because: 'OWN_WISH' }, late(8)),
    unlinked,
  );
  await guide.does(
    'worker',
    { zh: `补录:${ago(3)} 又回来了`, en: `enters late: came back on ${ago(3)}` },
    link(returning, first, late(3)),
    linked,
  );
  const { body: card } = await guide.sees<VolunteerCard>('worker', `volunteers/${returning.id}`);
  const periods = card.links.map(({ from, until }) => `${from} ~ ${until ?? ''}`.trim()).reverse();
  guide.expect({ zh: '两段时间', en: 'two periods' }, periods.join() === `${ago(11)} ~ ${ago(8)},${ago(3)} ~`, periods);
  guide.line('worker', '·', {
    zh: `名片上是两段:${periods.join(' 和 ')}`,
    en: `sees two periods on the card: ${periods.join(' and ')}`,
  });
  await guide.does(
    'worker',
    { zh: `${moving.name}转到“${second.name}”`, en: `transfers ${moving.name} to “${second.name}”` },
    ofLinks(moving, 'transfer-volunteer', { fromStationId: first.id, toStationId: second.id }),
    ['VolunteerTransferred'],
  );
  await guide.does(
    'worker',
    {
      zh: `${shared.name}的主要服务站(★)改为“${third.name}”`,
      en: `makes “${third.name}” the primary station (★) of ${shared.name}`,
    },
    ofLinks(shared, 'set-primary-station', { stationId: third.id }),
    ['PrimaryStationSet'],
  );
  await guide.tree('staff', township.divisionId);
}
