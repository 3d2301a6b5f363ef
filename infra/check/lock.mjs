// Whether `npm ci` will work on every platform: package-lock.json names every optional package that it refers to,
// says nothing of the registry that it was made with, and package.json pins exact versions.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** @returns one sentence per fault */
export function faultsOf(manifest, { packages }) {
  const faults = [];
  for (const block of ['dependencies', 'devDependencies', 'optionalDependencies'])
    for (const [name, version] of Object.entries(manifest[block] ?? {}))
      if (!/^(npm:(@[\w.-]+\/)?[\w.-]+@)?\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))
        faults.push(`package.json: ${name} ${version} is not exact`);

  for (const [path, entry] of Object.entries(packages)) {
    if (entry.resolved) faults.push(`${path} names a registry in \`resolved\``);
    for (const name of Object.keys(entry.optionalDependencies ?? {})) {
      // A package is found beside its dependent or in any node_modules above it.
      const above = path.split('/node_modules/').map((_, depth, parts) => parts.slice(0, depth + 1).join('/node_modules/'));
      const places = ['', ...above].map(folder => `${folder}${folder ? '/' : ''}node_modules/${name}`);
      if (!places.some(place => packages[place]))
        faults.push(`${path || 'package.json'} wants ${name}, which has no entry of its own`);
    }
  }
  return faults;
}

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const read = name => JSON.parse(readFileSync(join(root, name), 'utf8'));
const [manifest, lock] = [read('package.json'), read('package-lock.json')];

const planted = structuredClone(lock);
planted.packages['node_modules/planted'] = {
  version: '1.0.0',
  resolved: 'somewhere',
  optionalDependencies: { '@planted/nowhere': '1.0.0' },
};
const caught = faultsOf({ ...manifest, dependencies: { planted: '^1.0.0' } }, planted).filter(fault => fault.includes('planted'));

const faults = [...faultsOf(manifest, lock), ...(caught.length === 3 ? [] : ['the planted faults were not caught'])];
for (const fault of faults) console.error(`✗ ${fault}`);
console.log(`lock: ${Object.keys(lock.packages).length} entries, 3 planted faults caught, ${faults.length} real ones`);
if (faults.length > 0) process.exitCode = 1;
