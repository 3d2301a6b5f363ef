import { labelOf } from '@lib/scrutiny/history/labels.js';
import type { WorkerCard, PublicWorkerCheck } from '@lib/workforce/social-worker/social-worker.views.js';
import type { Guide } from '../guide.js';
import type { Command } from '../office.js';
import { certificateNumber } from '../people.js';
import type { Member, Station, Story } from '../story.js';

const register = ({ id, name, idNumber, phone }: Member, homeDivisionId: string, on: string): Command => ({
  path: 'social-workers',
  body: { workerId: id, homeDivisionId, name, idNumber, phone, specialisms: ['ELDERLY', 'COMMUNITY_BUILDING'] },
  how: { on, because: 'paper-record' },
});

const assign = (worker: Member, station: Station, how: Command['how'] = {}): Command => ({
  path: `service-stations/${station.id}/assign-social-worker`,
  body: { workerId: worker.id },
  how,
});

export async function oneStationOneWorker(guide: Guide, { township, workers, stations, ago }: Story): Promise<void> {
  guide.scene({ zh: '一站一社工', en: 'One station, one social worker' });
  const all = Object.values(workers);
  await guide.does(
    'staff',
    { zh: `${all.map(({ name }) => name).join('、')}入人才库`, en: `registers ${all.map(({ name }) => name).join(', ')}` },
    all.map(worker => register(worker, township.divisionId, ago(13))),
    ['WorkerRegistered', 'PersonKeyClaimed'],
  );
  const late = { on: ago(12), because: 'paper-record' } as const;
  for (const [worker, station] of [
    [workers.first, stations.first],
    [workers.second, stations.second],
  ] as const) {
    await guide.does(
      'staff',
      { zh: `${worker.name} → “${station.name}”`, en: `assigns ${worker.name} to “${station.name}”` },
      assign(worker, station, late),
      ['SocialWorkerAssigned', 'PostingStarted'],
    );
  }
  await guide.isRefused(
    'staff',
    {
      zh: `给“${stations.first.name}”再派${workers.spare.name}`,
      en: `tries ${workers.spare.name} as a second worker of “${stations.first.name}”`,
    },
    assign(workers.spare, stations.first),
    409,
    'station-already-staffed',
  );
  await guide.isRefused(
    'staff',
    {
      zh: `让${workers.first.name}兼“${stations.third.name}”`,
      en: `tries ${workers.first.name} at “${stations.third.name}” too`,
    },
    assign(workers.first, stations.third),
    409,
    'worker-posted-elsewhere',
  );
  await guide.tree('staff', township.divisionId);
}

export async function theSameCommandTwice(guide: Guide, { workers, stations }: Story): Promise<void> {
  guide.scene({ zh: '网络断了,不知道成没成?原样再发一次', en: 'The line broke and nobody knows: send it again' });
  const key = crypto.randomUUID();
  const command = assign(workers.third, stations.third, { key });
  const what = {
    zh: `${workers.third.name} → “${stations.third.name}”`,
    en: `assigns ${workers.third.name} to “${stations.third.name}”`,
  };
  const receipt = await guide.does('staff', what, command, ['SocialWorkerAssigned', 'PostingStarted']);
  const again = await guide.office.send('staff', command);
  guide.expect(
    { zh: '两次的回执相同', en: 'both receipts are the same' },
    JSON.stringify(again.body) === JSON.stringify(receipt),
    again.body,
  );
  guide.line('staff', '=', {
    zh: `同一个 Idempotency-Key 再发:同一张回执(position ${receipt.position}),没有多记`,
    en: `sends it again with the same Idempotency-Key: the same receipt (position ${receipt.position}), nothing more is written`,
  });
  await guide.isRefused(
    'staff',
    { zh: '同一个键,换一个人', en: 'the same key with another worker' },
    assign(workers.spare, stations.third, { key }),
    422,
    'idempotency-key-reused',
  );
}

export async function aCertificateIsVerified(guide: Guide, { workers, ago }: Story): Promise<void> {
  guide.scene({ zh: '证书核验后才算数', en: 'A certificate counts once it is verified' });
  const { id: workerId, name } = workers.first;
  const certificateId = crypto.randomUUID();
  const year = Number(ago(0).slice(0, 4)) - 2;
  const number = certificateNumber(year);
  await guide.does(
    'staff',
    { zh: `录入${name}的社会工作师证书`, en: `records the certificate of ${name}: intermediate` },
    { path: 'certificates', body: { certificateId, workerId, level: 'INTERMEDIATE', number, passedOn: `${year}-06-15` } },
    ['CertificateRecorded', 'CertificateNumberClaimed'],
  );
  const verify = { path: `certificates/${certificateId}/verify-certificate`, body: {} };
  await guide.isRefused('staff', { zh: '自己核验', en: 'tries to verify it, too' }, verify, 403, 'not-permitted');
  await guide.does('registrar', { zh: '核验', en: 'verifies it' }, verify, ['CertificateVerified', 'WorkerStatusChanged']);
  const { body: card } = await guide.sees<WorkerCard>('staff', `social-workers/${workerId}`);
  guide.expect({ zh: '人才库中有级别', en: 'the register shows the level' }, card.level === 'INTERMEDIATE', card.level);
  const check = (certificate: string) =>
    guide.sees<PublicWorkerCheck>('anybody', 'public/worker-check', { name, certificateNumber: certificate });
  const [genuine, invented] = [await check(number), await check(certificateNumber(year))];
  guide.expect(
    { zh: '公众能核验', en: 'the public can check' },
    genuine.body.registered && !invented.body.registered,
    genuine.body,
  );
  const level = labelOf(genuine.body.level, guide.language);
  guide.line('anybody', '·', {
    zh: `凭姓名和证号核验${name}:在库,${level};换一个证号:不在库`,
    en: `checks ${name} by name and number: registered, ${level}; by another number: not registered`,
  });
}

export async function aWorkerIsSuspended(guide: Guide, { township, workers, stations }: Story): Promise<void> {
  const { first, second, spare } = workers;
  guide.scene({
    zh: '更换社工;停职则岗位自动空缺',
    en: 'A worker is replaced; another is suspended, and the post falls vacant by itself',
  });
  await guide.does(
    'staff',
    {
      zh: `“${stations.second.name}”:${spare.name}接替${second.name}`,
      en: `replaces ${second.name} by ${spare.name} at “${stations.second.name}”`,
    },
    { path: `service-stations/${stations.second.id}/replace-social-worker`, body: { workerId: spare.id } },
    ['SocialWorkerReplaced', 'PostingEnded', 'PostingStarted'],
  );
  guide.line('staff', '·', { zh: '守着实时变化(GET /api/stream)', en: 'watches what changes (GET /api/stream)' });
  const suspend = () =>
    guide.does(
      'registrar',
      { zh: `投诉调查期间,暂停${first.name}执业`, en: `suspends ${first.name} while a complaint is looked into` },
      { path: `social-workers/${first.id}/suspend-worker`, body: { reason: '投诉调查期间暂停' } },
      ['WorkerSuspended'],
    );
  await guide.watches('staff', suspend, [
    { fact: 'WorkerSuspended', of: first.id, words: { zh: '社工被暂停', en: 'the worker is suspended' } },
    {
      fact: 'SocialWorkerRelieved',
      of: stations.first.id,
      words: { zh: '系统随即免去其站上职务', en: 'the system relieves the station of him or her' },
    },
    { fact: 'PostingEnded', of: first.id, words: { zh: '任职结束', en: 'the posting ends' } },
  ]);
  await guide.tree('staff', township.divisionId);
  await guide.does(
    'staff',
    {
      zh: `${second.name}正好有空 → “${stations.first.name}”`,
      en: `assigns ${second.name}, who is free now, to “${stations.first.name}”`,
    },
    assign(second, stations.first),
    ['SocialWorkerAssigned', 'PostingStarted'],
  );
}
