import { jilinDivisions, type DivisionRecord } from '@lib/territory/division/data/jilin.js';
import { usuallyRequiresCenter } from '@lib/territory/division/division.js';

/**
 * The places of a province, and which center and station serve which of them.
 * @param within codes of the divisions that are brought begin with it, or begin it
 */
export function placesOf({ within }: { readonly within: string }) {
  const divisions = jilinDivisions().divisions.filter(({ code }) => code.startsWith(within) || within.startsWith(code));
  const townships = divisions.filter(({ level, kind }) => level === 'TOWNSHIP' && usuallyRequiresCenter(kind));
  const byCounty = new Map<string, DivisionRecord[]>();
  for (const township of townships) {
    const county = township.code.slice(0, 6);
    byCounty.set(county, [...(byCounty.get(county) ?? []), township]);
  }
  const regular = new Set(townships.map(({ code }) => code));
  const stations = divisions
    .filter(({ level }) => level === 'COMMUNITY')
    .flatMap((community, nth) => {
      const { code } = community;
      const ofCounty = byCounty.get(code.slice(0, 6)) ?? townships;
      // Places such as farms and zones have no center of their own: their communities go to one nearby.
      const township = regular.has(code.slice(0, 9)) ? code.slice(0, 9) : ofCounty[nth % ofCounty.length]?.code;
      return township === undefined ? [] : [{ community, township }];
    });
  return { divisions, townships, stations };
}
