// Which way imports may point. `npm run boundaries` plants a violation of every rule and fails when one is not caught.

const testCode = '\\.(spec|contract)\\.ts$|/(testing|test|twins|double)/';
const production = { path: '^(apps|libs)/', pathNot: testCode };
// `house` is no context: it puts all of them together for the programs.
const contexts = '^libs/(?!platform/|house/)([^/]+)/';
/** `service-station/service-station.ts`: the state that decisions read. */
const state = '^libs/(?!platform/)[^/]+/([^/]+)/\\1\\.ts$';
const decisions = '^libs/(?!platform/).+\\.(commands|policies)\\.ts$';
const facts = '^libs/.+\\.events\\.ts$';

module.exports = {
  forbidden: [
    {
      name: 'kernel-knows-only-itself',
      comment: 'The kernel is plain TypeScript; digests are all that it takes from Node.',
      severity: 'error',
      from: { path: '^libs/platform/kernel/', pathNot: testCode },
      to: { pathNot: '^libs/platform/kernel/|^(node:)?crypto$' },
    },
    {
      name: 'facts-know-only-facts',
      comment: 'A fact is words and a shape: *.events.ts imports the kernel and other facts.',
      severity: 'error',
      from: { path: facts },
      to: { pathNot: '^libs/platform/kernel/|\\.events\\.ts$' },
    },
    {
      name: 'state-knows-only-facts',
      comment: 'What a decision must know is folded from facts by plain functions.',
      severity: 'error',
      from: { path: state },
      to: {
        path: 'node_modules/|^libs/platform/(?!kernel/)|\\.(commands|views|module|policies)\\.ts$|^libs/access/(?!.+\\.events\\.ts$)',
      },
    },
    {
      name: 'decisions-know-no-framework',
      comment: 'Commands may use class-validator and class-transformer to describe their fields; nothing else from outside.',
      severity: 'error',
      from: { path: decisions },
      to: { path: 'node_modules/', pathNot: 'node_modules/(class-validator|class-transformer)/' },
    },
    {
      name: 'decisions-reach-no-framework',
      comment: 'Nor by way of another file.',
      severity: 'error',
      from: { path: `${decisions}|${facts}|${state}` },
      to: { path: 'node_modules/(@nestjs|@fastify|fastify|pg|kysely|pino|jose|rxjs|prom-client)/', reachable: true },
    },
    {
      name: 'decisions-do-nothing-themselves',
      comment: 'No decision reads a file, a socket or a view.',
      severity: 'error',
      from: { path: `${decisions}|${state}` },
      to: {
        path: '^(node:)?(fs|net|http|https|os|path|process|child_process|timers|worker_threads)|\\.views\\.ts$',
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'contexts-meet-through-facts',
      comment:
        'A context reads another only through its *.events.ts. Two named exceptions: the roles, and the scope tree of the territory. The types of a view may be named.',
      severity: 'error',
      from: { path: contexts, pathNot: testCode },
      to: {
        path: '^libs/(?!platform/)[^/]+/',
        pathNot: '^libs/$1/|\\.events\\.ts$|^libs/access/roles\\.ts$|^libs/territory/scope-tree\\.ts$|\\.views\\.ts$',
      },
    },
    {
      name: 'contexts-share-only-the-types-of-views',
      comment: 'A view of another context may be named as a type; its queries and tables stay at home.',
      severity: 'error',
      from: { path: contexts, pathNot: testCode },
      to: { path: '^libs/(?!platform/)[^/]+/.+\\.views\\.ts$', pathNot: '^libs/$1/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'nobody-asks-the-house',
      comment: 'libs/house puts the modules together for the programs; no other library may ask for all of them.',
      severity: 'error',
      from: { path: '^libs/(?!house/)', pathNot: testCode },
      to: { path: '^libs/house/' },
    },
    {
      name: 'platform-knows-no-office',
      severity: 'error',
      from: { path: '^libs/platform/' },
      to: { path: '^libs/(?!platform/)' },
    },
    {
      name: 'libraries-know-no-program',
      severity: 'error',
      from: { path: '^libs/' },
      to: { path: '^apps/' },
    },
    {
      name: 'programs-know-no-program',
      severity: 'error',
      from: { path: '^apps/([^/]+)/' },
      to: { path: '^apps/', pathNot: '^apps/$1/' },
    },
    {
      name: 'products-know-no-tools',
      comment:
        'What builds, checks and serves the tests is no part of a program. One program is a tool itself: it kills brokers.',
      severity: 'error',
      from: { ...production, pathNot: `${testCode}|^apps/chaos/` },
      to: { path: '^infra/' },
    },
    {
      name: 'the-console-knows-no-library',
      comment:
        'It meets the house over HTTP, as docs/openapi.json says. Two named exceptions: what stored values are called, and what a spreadsheet must not take for a formula.',
      severity: 'error',
      from: { path: '^apps/console/src/' },
      to: { path: '^libs/', pathNot: '^libs/(scrutiny/history/labels|platform/spreadsheet/harmless-text)\\.ts$' },
    },
    {
      name: 'the-frame-knows-no-room',
      comment:
        'What several rooms of the console share lies in its shell. Two files there name the rooms: the routes, and the words.',
      severity: 'error',
      from: { path: '^apps/console/src/shell/', pathNot: '/(routes|language)\\.tsx?$' },
      to: { path: '^apps/console/src/(volunteering|service-network|workforce|scrutiny|sheets)/' },
    },
    {
      name: 'the-console-runs-in-a-browser',
      severity: 'error',
      from: { path: '^apps/console/src/' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'nobody-runs-the-console',
      comment: 'What a browser shows is built and served as files; programs and libraries import none of it.',
      severity: 'error',
      from: { path: '^(apps|libs)/', pathNot: '^apps/console/' },
      to: { path: '^apps/console/' },
    },
    {
      name: 'no-test-code-in-production',
      severity: 'error',
      from: { ...production, pathNot: `${testCode}|^apps/chaos/` },
      to: { path: testCode, pathNot: 'node_modules/' },
    },
    {
      name: 'faults-run-twins-and-no-other-test-code',
      comment: 'One program is a tool itself: it runs what is wrong on purpose.',
      severity: 'error',
      from: { path: '^apps/chaos/src/' },
      to: { path: testCode, pathNot: 'node_modules/|/twins/' },
    },
    {
      name: 'production-needs-no-development-package',
      severity: 'error',
      from: { path: '^(apps/(standalone|api|projector|reactor|admin)/src|libs)/', pathNot: testCode },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'no-cycles',
      comment: 'Types may refer to each other; files that run may not.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'no-missing-files',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: '/dist/' },
    },
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.tsx', '.mjs', '.js', '.json'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
