import type { SubjectHistory } from '@lib/scrutiny/history/history.views.js';
import type { Guide } from '../guide.js';
import type { Story } from '../story.js';

export async function asItWas(guide: Guide, { township, stations, workers, start, ago }: Story): Promise<void> {
  guide.scene({ zh: '回到从前', en: 'As it was before' });
  guide.say({
    zh: `当时知道什么(asOf=${start},演示开始时的日志位置):`,
    en: `What was known then (asOf=${start}, the position of the log when this began):`,
  });
  const before = await guide.tree('auditor', township.divisionId, { asOf: start });
  guide.expect({ zh: '当时没有中心', en: 'there was no center' }, before.children.length === 0);
  guide.say({
    zh: `那天实际怎样(effectiveOn=${ago(9)},按今天所知;审计员只看到姓):`,
    en: `How it was on a day (effectiveOn=${ago(9)}, by what is known today; the auditor sees surnames only):`,
  });
  const then = await guide.tree('auditor', township.divisionId, { effectiveOn: ago(9) });
  const people = then.children[0]?.children.find(({ node }) => node.id === stations.first.id)?.children ?? [];
  guide.expect(
    { zh: '那天站上是原来的社工和一名志愿者', en: 'the former worker and one volunteer were there' },
    people.length === 2 && people[0]!.node.id === workers.first.id,
    people,
  );
}

const shown = 40;

export async function inTheWordsOfTheOffice(guide: Guide, { stations, volunteers }: Story): Promise<void> {
  guide.scene({
    zh: '审计员读历史:按录入先后,每行先写起算日',
    en: 'The auditor reads the history: in the order of recording, each with the day from which it counts',
  });
  for (const { id, name } of [stations.first, volunteers.returning]) {
    const { body } = await guide.sees<SubjectHistory>('auditor', `history/${id}`, { limit: String(shown) });
    guide.say(id === stations.first.id ? { zh: `“${name}”`, en: `“${name}”` } : { zh: '一名志愿者', en: 'A volunteer' });
    // A stroke of several facts is told by its first one.
    const told = new Set<string>();
    for (const { effectiveOn, words, actor, because, commandId } of [...body.rows].reverse()) {
      if (told.has(commandId)) continue;
      told.add(commandId);
      guide.print(`    ${effectiveOn}  ${words}  ‹${[actor.role, because].filter(Boolean).join(' · ')}›`);
    }
    guide.expect({ zh: '历史完整', en: 'the history is whole' }, told.size >= 5 && body.next === null, body.rows.length);
  }
}
