// How much a browser loads before the console can be signed in to: the page, its styles, and every file that the entry imports
// without being asked, compressed. Fails above the bar, and when a planted file above it is not noticed.
import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const folder = join(root, 'dist/console');
const bar = 400_000;

/** @returns the names of the files that the entry of a Vite manifest loads at once */
export function firstFiles(manifest) {
  const files = new Set();
  const visited = new Set();
  const visit = name => {
    if (visited.has(name)) return;
    visited.add(name);
    const { file, css = [], imports = [] } = manifest[name];
    for (const each of [file, ...css]) files.add(each);
    imports.forEach(visit);
  };
  Object.keys(manifest)
    .filter(name => manifest[name].isEntry)
    .forEach(visit);
  return [...files];
}

const manifestFile = join(folder, '.vite/manifest.json');
if (!existsSync(manifestFile)) {
  console.error('✗ dist/console is not built: npm run build');
  process.exit(1);
}
const manifest = JSON.parse(readFileSync(manifestFile, 'utf8'));
const sizeOf = file => gzipSync(readFileSync(join(folder, file))).length;
const files = [...firstFiles(manifest), 'index.html'];
const weight = files.reduce((sum, file) => sum + sizeOf(file), 0);

const entry = Object.keys(manifest).find(name => manifest[name].isEntry);
const planted = structuredClone(manifest);
planted.heavy = { file: 'heavy.js' };
planted.between = { file: manifest[entry].file, imports: ['heavy'] };
planted[entry].imports = [...(planted[entry].imports ?? []), 'between'];
const noticed = firstFiles(planted).includes('heavy.js');

const everything = Object.values(manifest).reduce((sum, { file }) => sum + statSync(join(folder, file)).size, 0);
console.log(
  `weight: ${files.length} files of the first load, ${Math.round(weight / 1000)} kB gzip of ${bar / 1000} kB; ${Math.round(everything / 1000)} kB in all, uncompressed; 1 planted file ${noticed ? 'noticed' : 'missed'}`,
);
if (weight > bar || !noticed) process.exitCode = 1;
