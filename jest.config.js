import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

// Tests are compiled to CommonJS; packages that ship only ES modules are compiled with them.
function esmOnlyPackages(folder = 'node_modules') {
  return readdirSync(folder).flatMap(name => {
    if (name.startsWith('@')) return esmOnlyPackages(join(folder, name));
    const manifest = join(folder, name, 'package.json');
    if (!existsSync(manifest)) return [];
    const { type, name: packageName } = JSON.parse(readFileSync(manifest, 'utf8'));
    return type === 'module' && packageName ? [packageName] : [];
  });
}

const swc = parser => [
  '@swc/jest',
  {
    jsc: {
      parser,
      target: 'es2022',
      keepClassNames: true,
      transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
    },
    module: { type: 'commonjs' },
    sourceMaps: 'inline',
  },
];

export default {
  rootDir: '.',
  testEnvironment: 'node',
  testMatch: ['<rootDir>/{apps,libs}/**/*.spec.ts'],
  modulePathIgnorePatterns: ['<rootDir>/dist', '<rootDir>/.yizhan'],
  transform: {
    '^.+\\.ts$': swc({ syntax: 'typescript', decorators: true }),
    '^.+\\.[cm]?js$': swc({ syntax: 'ecmascript' }),
  },
  transformIgnorePatterns: [`/node_modules/(?!(?:.*/node_modules/)?(?:${esmOnlyPackages().join('|')})/)`],
  moduleNameMapper: {
    '^@lib/(.+)\\.js$': '<rootDir>/libs/$1',
    '^(\\.{1,2}/(?:(?!node_modules).)+)\\.js$': '$1',
  },
  globalSetup: '<rootDir>/libs/platform/testing/start-servers.mjs',
  globalTeardown: '<rootDir>/libs/platform/testing/stop-servers.mjs',
  setupFiles: ['reflect-metadata'],
  testTimeout: 120_000,
  reporters: ['default'],
};
