import type { WorkerRegister } from '@lib/workforce/social-worker/social-worker.register.views.js';
import type { WorkerCard } from '@lib/workforce/social-worker/social-worker.views.js';
import type { Guide } from '../guide.js';
import type { Command } from '../office.js';
import type { Story } from '../story.js';
import { padded } from '../tree.js';
import { actors, type Actor } from '../words.js';

export async function twoPeopleEditOneCard(guide: Guide, { stations }: Story): Promise<void> {
  guide.scene({ zh: '两人同时改一张卡片', en: 'Two people change one card' });
  const { id, name } = stations.second;
  const { etag } = await guide.sees('staff', `service-stations/${id}`);
  const seen = etag?.replaceAll('"', '');
  const set = (serviceFields: readonly string[]): Command => ({
    path: `service-stations/${id}/set-station-service-fields`,
    body: { serviceFields },
    how: { ifMatch: etag },
  });
  await guide.does(
    'worker',
    { zh: `看到“${name}”的第 ${seen} 版,改服务领域`, en: `saw “${name}” at revision ${seen} and sets its fields` },
    set(['ELDERLY', 'YOUTH']),
    ['StationServiceFieldsSet'],
  );
  await guide.isRefused(
    'staff',
    { zh: `看的也是第 ${seen} 版,晚了一步(If-Match)`, en: `saw revision ${seen} too, and is late (If-Match)` },
    set(['DISABLED']),
    412,
    'revision-stale',
  );
}

export async function whoSeesWhat(guide: Guide, { workers, elsewhere }: Story): Promise<void> {
  const { spare } = workers;
  guide.scene({ zh: '谁能看到什么', en: 'Who sees what' });
  const { divisionId, name: street } = elsewhere;
  const place = `${elsewhere.path} ${street}`;
  await guide.sees('authority', 'structure-tree', { divisionId });
  guide.line('authority', '·', { zh: `看${place}:看得到`, en: `looks at ${place}: there it is` });
  const denied = await guide.isDenied('staff', { zh: `看${place}`, en: `looks at ${place}` }, 'structure-tree', { divisionId });
  const invented = await guide.isDenied(
    'staff',
    { zh: '看一个不存在的地方:回答一模一样', en: 'looks at a place that does not exist: the same answer' },
    'structure-tree',
    { divisionId: crypto.randomUUID() },
  );
  guide.expect({ zh: '两个回答相同', en: 'both answers are the same' }, denied.detail === invented.detail, invented.detail);

  const found = async (who: Actor, q: string) => {
    const { body } = await guide.sees<WorkerRegister>(who, 'social-workers', { q, limit: '200' });
    return body.rows.find(({ workerId }) => workerId === spare.id);
  };
  const [byStaff, byAuditor] = [await found('staff', spare.initials), await found('auditor', spare.initials)];
  guide.expect({ zh: '拼音首字母查到', en: 'found by initials' }, byStaff?.name === spare.name && !byAuditor, byAuditor ?? '');
  guide.line('staff', '·', {
    zh: `拼音首字母 ${spare.initials} 查人才库:${spare.name}`,
    en: `finds ${spare.name} in the register by ${spare.initials}`,
  });
  guide.line('auditor', '·', {
    zh: '同样去查:查不到,看不到全名的人不能猜',
    en: 'tries the same: nobody; who sees masked names may not guess them',
  });

  const columns = guide.language === 'zh' ? ['姓名', '出生', '身份证号', '电话'] : ['name', 'born', 'ID number', 'phone'];
  const row = (cells: readonly (string | number | null)[]) =>
    cells
      .map((cell, at) => padded(String(cell ?? '—'), [10, 6, 20, 11][at]!))
      .join('  ')
      .trimEnd();
  guide.print(`              ${row(columns)}`);
  for (const who of ['staff', 'auditor'] as const) {
    const { body } = await guide.sees<WorkerCard>(who, `social-workers/${spare.id}`);
    const masked = who === 'auditor';
    const asExpected = (body.name === spare.name) !== masked && (body.idNumber === null) === masked && body.phone !== spare.phone;
    guide.expect({ zh: '该遮的遮住', en: 'what must be masked is masked' }, asExpected, body);
    guide.print(`    ${padded(guide.words(actors[who]), 8)}  ${row([body.name, body.birthYear, body.idNumber, body.phone])}`);
  }
}
