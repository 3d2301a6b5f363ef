import type { ServiceStationCard } from '@lib/service-network/service-station/service-station.views.js';
import type { StructureConformance } from '@lib/service-network/structure/structure-conformance.views.js';
import type { Guide } from '../guide.js';
import type { Command } from '../office.js';
import type { Station, Story } from '../story.js';
import { reasons, wordsOf } from '../words.js';

/** What the street still lacks, as the auditor sees it. */
async function lacking(guide: Guide, { township }: Story): Promise<ReadonlyMap<string, number>> {
  const { divisionId } = township;
  const { body } = await guide.sees<StructureConformance>('auditor', 'structure-conformance', { divisionId, limit: '1' });
  const list = body.totals.map(({ finding, count }) => `${wordsOf(reasons, finding, guide.language)} ${count}`);
  guide.line('auditor', '·', {
    zh: `查结构达标情况,还缺:${list.join('、') || '什么都不缺'}`,
    en: `asks what the structure still lacks: ${list.join(', ') || 'nothing'}`,
  });
  return new Map(body.totals.map(({ finding, count }) => [finding, count]));
}

export async function theStreetAsItWas(guide: Guide, story: Story): Promise<void> {
  const { path, name, divisionId } = story.township;
  guide.scene({ zh: `${path} ${name}:还没有社工服务中心`, en: `${path} ${name}: no service center yet` });
  const { children } = await guide.tree('staff', divisionId);
  guide.expect({ zh: `${name}没有中心`, en: `${name} has no center` }, children.length === 0);
  const missing = await lacking(guide, story);
  guide.expect({ zh: '缺一个中心', en: 'a center is missing' }, missing.get('TOWNSHIP_WITHOUT_CENTER') === 1, [...missing]);
}

const establish = (centerId: string, divisionId: string, name: string, how: Command['how'] = {}): Command => ({
  path: 'service-centers',
  body: { centerId, divisionId, name, operatingModel: 'GOV_PURCHASED' },
  how,
});

export async function oneStreetOneCenter(guide: Guide, { township, center, elsewhere, ago }: Story): Promise<void> {
  guide.scene({ zh: '一街镇一中心', en: 'One street, one center' });
  guide.say({
    zh: '每件事记两个日期:何时录入,自哪天起算。',
    en: 'Everything has two dates: when it is recorded, and from when it counts.',
  });
  guide.say({
    zh: `中心两周前已挂牌,今天按纸质记录补录,自 ${ago(14)} 起算。`,
    en: `This center opened two weeks ago; it is entered today, from paper, and counts from ${ago(14)}.`,
  });
  guide.say({
    zh: '写是 POST /api/service-centers(请求头 Idempotency-Key、Effective-On、Reason-Code),看是 GET /api/structure-tree。',
    en: 'To write: POST /api/service-centers (headers Idempotency-Key, Effective-On, Reason-Code). To look: GET /api/structure-tree.',
  });
  const late = { on: ago(14), because: 'paper-record' } as const;
  await guide.does(
    'registrar',
    { zh: `设立“${center.name}”`, en: `establishes “${center.name}”` },
    establish(center.id, township.divisionId, center.name, late),
    ['ServiceCenterEstablished', 'CenterSlotTaken'],
  );
  await guide.isRefused(
    'registrar',
    { zh: `在${township.name}再设一个中心`, en: `tries a second center in ${township.name}` },
    establish(crypto.randomUUID(), township.divisionId, `${township.name}第二社工服务中心`),
    409,
    'division-has-center',
  );
  await guide.isRefused(
    'registrar',
    {
      zh: `在${elsewhere.path} ${elsewhere.name}设中心(不归本地登记员管)`,
      en: `tries a center in ${elsewhere.path} ${elsewhere.name}, out of scope`,
    },
    establish(crypto.randomUUID(), elsewhere.divisionId, `${elsewhere.name}社工服务中心`),
    404,
    'not-found',
  );
  await guide.tree('staff', township.divisionId);
}

export async function oneCenterSeveralStations(guide: Guide, { township, center, stations, ago }: Story): Promise<void> {
  guide.scene({ zh: '一中心多站', en: 'One center, several stations' });
  const open = ({ id, name, communities }: Station, stationId = id): Command => ({
    path: 'service-stations',
    body: { stationId, centerId: center.id, name, communities, serviceFields: ['ELDERLY'] },
    how: { on: ago(14), because: 'paper-record' },
  });
  const all = Object.values(stations);
  const count = all.reduce((sum, { communities }) => sum + communities.length, 0);
  await guide.does(
    'staff',
    { zh: `开设 ${all.length} 个服务站,覆盖 ${count} 个社区`, en: `opens ${all.length} stations for ${count} communities` },
    all.map(station => open(station)),
    ['ServiceStationOpened', 'StationJoinedCenter', 'CommunityCovered'],
  );
  await guide.isRefused(
    'staff',
    { zh: '为已覆盖的社区再开一个站', en: 'tries another station for a community that has one' },
    open(stations.first, crypto.randomUUID()),
    409,
    'community-already-covered',
  );
  await guide.tree('staff', township.divisionId);
}

export async function aStationPauses(guide: Guide, { stations }: Story): Promise<void> {
  guide.scene({ zh: '站点暂停、恢复', en: 'A station pauses' });
  const at = (act: string, body: object): Command => ({ path: `service-stations/${stations.second.id}/${act}`, body });
  await guide.does(
    'staff',
    { zh: `“${stations.second.name}”因场地维修暂停`, en: `suspends “${stations.second.name}” for repairs` },
    at('suspend-service-station', { reason: '场地维修' }),
    ['ServiceStationSuspended'],
  );
  const { body } = await guide.sees<ServiceStationCard>('staff', `service-stations/${stations.second.id}`);
  guide.expect({ zh: '卡片为黄', en: 'the card is amber' }, body.colour === 'amber', body.reasons);
  const why = body.reasons.map(reason => wordsOf(reasons, reason, guide.language)).join();
  guide.line('staff', '·', { zh: `站的卡片为黄:${why}`, en: `sees an amber card: ${why}` });
  await guide.does('staff', { zh: '修好了,恢复', en: 'resumes it' }, at('resume-service-station', {}), ['ServiceStationResumed']);
}

const closing = [
  'ServiceStationClosed',
  'StationLeftCenter',
  'PostingEnded',
  'CommunityReleased',
  'StationCoverageSet',
  'CommunityCovered',
];

export async function aStationClosesWithAPlan(guide: Guide, story: Story): Promise<void> {
  const { township, stations, volunteers } = story;
  const { second, third } = stations;
  guide.scene({ zh: '先试算,再关站', en: 'A station closes: first a rehearsal, then for real' });
  const close: Command = {
    path: `service-stations/${third.id}/close-service-station`,
    body: { reason: '社区合并', handOver: { successorId: second.id, volunteersFollow: true, communitiesFollow: true } },
  };
  await guide.rehearses(
    'staff',
    {
      zh: `试算(dryRun):关闭“${third.name}”,人和社区交给“${second.name}”`,
      en: `dry run: close “${third.name}”, hand over to “${second.name}”`,
    },
    close,
    closing,
  );
  const { body } = await guide.sees<ServiceStationCard>('staff', `service-stations/${third.id}`);
  guide.expect({ zh: '试算什么也没有改变', en: 'the dry run changed nothing' }, body.stage === 'OPEN', body.stage);
  await guide.watches('staff', () => guide.does('staff', { zh: '正式关闭', en: 'closes it for real' }, close, closing), [
    {
      fact: 'VolunteerTransferred',
      of: volunteers.ofThird.id,
      words: {
        zh: `系统按方案把志愿者${volunteers.ofThird.name}转到承接站`,
        en: `the system moves volunteer ${volunteers.ofThird.name} along`,
      },
    },
    {
      fact: 'VolunteerUnlinked',
      of: volunteers.shared.id,
      words: {
        zh: `${volunteers.shared.name}本来就在承接站,只结束旧的联系`,
        en: `${volunteers.shared.name} was there already; the old link ends`,
      },
    },
  ]);
  const { node, children } = await guide.tree('staff', township.divisionId);
  guide.expect(
    { zh: '街道为绿', en: 'the street is green' },
    node.colour === 'green' && children[0]?.node.colour === 'green',
    node,
  );
  const missing = await lacking(guide, story);
  guide.expect({ zh: '什么都不缺', en: 'nothing is missing' }, missing.size === 0, [...missing]);
}
