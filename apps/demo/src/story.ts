import { randomUUID } from 'node:crypto';
import type { Me } from '@lib/access/sessions.views.js';
import { addDays } from '@lib/platform/kernel/calendar.js';
import type { StructureTree } from '@lib/service-network/structure/structure-tree.views.js';
import type { DivisionCard, DivisionLine, DivisionList } from '@lib/territory/division/division.views.js';
import type { Guide } from './guide.js';
import { NotAsTold } from './office.js';
import { cast, type Person } from './people.js';

export interface Station {
  readonly id: string;
  readonly name: string;
  readonly communities: readonly string[];
}

export interface Member extends Person {
  readonly id: string;
}

/** Where the day plays and who takes part. All ids are made here: whoever asks for something gives it its id. */
export interface Story {
  readonly township: DivisionLine;
  readonly center: { readonly id: string; readonly name: string };
  readonly stations: { readonly first: Station; readonly second: Station; readonly third: Station };
  readonly workers: { readonly first: Member; readonly second: Member; readonly third: Member; readonly spare: Member };
  readonly volunteers: {
    /** Serves the first station, leaves, comes back. */
    readonly returning: Member;
    /** Goes from the first station to the second. */
    readonly moving: Member;
    /** Serves the second station and the third. */
    readonly shared: Member;
    readonly ofFirst: Member;
    readonly ofSecond: Member;
    readonly ofThird: Member;
  };
  /** A street of another city, where staff of this one have no business. */
  readonly elsewhere: DivisionLine;
  /** Position of the log before anything of this day was written. */
  readonly start: string;
  /** The date so many days ago. */
  readonly ago: (days: number) => string;
}

const fewestCommunities = 3;

const childrenOf = async (guide: Guide, parentId: string) =>
  (await guide.sees<DivisionList>('anybody', 'divisions', { parentId, limit: '200' })).body.rows;

/** Streets and towns of the pilots: those that are a pilot themselves first, then streets, then towns. */
async function townshipsOfPilots(guide: Guide): Promise<readonly DivisionLine[]> {
  const { body } = await guide.sees<Me>('staff', 'me');
  const own: DivisionLine[] = [];
  const under: DivisionLine[] = [];
  for (const { divisionId } of body.grants) {
    const { body: place } = await guide.sees<DivisionCard>('anybody', `divisions/${divisionId}`);
    if (place.level === 'TOWNSHIP') own.push(place);
    else under.push(...(await childrenOf(guide, divisionId)));
  }
  const streets = under.filter(({ kind }) => kind === 'SUBDISTRICT');
  return [...own, ...streets, ...under.filter(place => !streets.includes(place))].filter(place => place.centreRequired);
}

async function findTownship(
  guide: Guide,
): Promise<{ township: DivisionLine; communities: readonly DivisionLine[]; start: string }> {
  for (const township of await townshipsOfPilots(guide)) {
    const { divisionId } = township;
    const { body, position } = await guide.sees<StructureTree>('staff', 'structure-tree', { divisionId });
    if (body.children.length > 0) continue;
    const communities = await childrenOf(guide, divisionId);
    if (communities.length >= fewestCommunities) return { township, communities, start: position! };
  }
  throw new NotAsTold(
    guide.words({
      zh: '试点的街镇都已设立中心,没有地方再演示。可换一个新的数据文件夹从头开始:YIZHAN_DATA=.yizhan-demo npm start',
      en: 'Every street and town of the pilots has its center; nothing is left to show. Begin afresh: YIZHAN_DATA=.yizhan-demo npm start',
    }),
  );
}

/** In Siping, which is no pilot. */
async function streetElsewhere(guide: Guide): Promise<DivisionLine> {
  const { body } = await guide.sees<DivisionList>('anybody', 'divisions', { code: '220302' });
  return (await childrenOf(guide, body.rows[0]!.divisionId))[0]!;
}

export async function beginStory(guide: Guide): Promise<Story> {
  const { township, communities, start } = await findTownship(guide);
  const cut = (nth: number) => Math.floor((nth * communities.length) / fewestCommunities);
  const station = (nth: number): Station => {
    const own = communities.slice(cut(nth), cut(nth + 1));
    return { id: randomUUID(), name: `${own[0]!.name}社工服务站`, communities: own.map(({ divisionId }) => divisionId) };
  };
  const members = cast(10, guide.today).map((person): Member => ({ id: randomUUID(), ...person }));
  const [first, second, third, spare, returning, moving, shared, ofFirst, ofSecond, ofThird] = members;
  return {
    township,
    center: { id: randomUUID(), name: `${township.name}社工服务中心` },
    stations: { first: station(0), second: station(1), third: station(2) },
    workers: { first: first!, second: second!, third: third!, spare: spare! },
    volunteers: {
      returning: returning!,
      moving: moving!,
      shared: shared!,
      ofFirst: ofFirst!,
      ofSecond: ofSecond!,
      ofThird: ofThird!,
    },
    elsewhere: await streetElsewhere(guide),
    start,
    ago: days => addDays(guide.today, -days),
  };
}
