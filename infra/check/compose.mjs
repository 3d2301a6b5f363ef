// Whether infra/compose.yaml speaks of this house: every program that it starts is one, every variable that it sets is known, every file
// that it names is there or has an example, and no secret stands in it. Tried on planted faults first. It starts nothing.
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const infra = join(dirname(fileURLToPath(import.meta.url)), '..');
const root = join(infra, '..');
// The parser comes with a package of ours and is none itself.
const require = createRequire(createRequire(import.meta.url).resolve('@nestjs/swagger/package.json'));
const yaml = require('js-yaml');
// `<<` is of YAML 1.1, as compose reads it.
const parse = text => yaml.load(text, { schema: yaml.YAML11_SCHEMA });
const read = path => readFileSync(join(root, path), 'utf8');

/** Names that settings.ts reads. */
const settings = new Set([...read('libs/house/settings.ts').matchAll(/readonly ([A-Z][A-Z_]+)\??:/g)].map(([, name]) => name));
const secretName = /(PASSWORD|SECRET|MASTER_KEY|TOKEN)$/;
const clearPassword = /:\/\/[^\s/:@"',]+:[^\s/@${"',]+@/;

const variablesOf = text =>
  text
    .split('\n')
    .map(line => /^\s*([A-Z][A-Z0-9_]*)=(.*)$/.exec(line))
    .filter(Boolean)
    .map(([, name, value]) => [name, value.trim()]);

const asList = value => (value === undefined ? [] : Array.isArray(value) ? value : [value]);
const environmentOf = ({ environment = {} }) =>
  Array.isArray(environment) ? environment.map(each => each.split('=')) : Object.entries(environment);

function faultsOfService(name, service, compose, exists, textOf) {
  const faults = [];
  const fault = sentence => faults.push(`${name}: ${sentence}`);
  const ours = service.build !== undefined;
  const files = [];
  for (const [variable, value] of environmentOf(service)) {
    if (ours && !settings.has(variable)) fault(`sets ${variable}, which no program knows`);
    if (secretName.test(variable) && value) fault(`${variable} has a value in clear`);
  }
  if (clearPassword.test(JSON.stringify(service))) fault('an address holds a password in clear');
  for (const file of asList(service.env_file)) {
    const example = `infra/${typeof file === 'string' ? file : file.path}.example`;
    if (!exists(example)) {
      fault(`${example} is missing`);
      continue;
    }
    for (const [variable, value] of variablesOf(textOf(example))) {
      if (ours && !settings.has(variable)) fault(`${example} names ${variable}, which no program knows`);
      if (value && (secretName.test(variable) || variable.endsWith('_URL'))) fault(`${example} gives ${variable} a value`);
    }
  }
  if (ours) {
    const program = /^dist\/apps\/([\w-]+)\/src\/main\.js$/.exec(asList(service.command)[0] ?? '')?.[1];
    if (!program || !exists(`apps/${program}/src/main.ts`)) fault(`starts ${asList(service.command)[0]}, which is no program`);
    files.push(service.build.dockerfile);
    if (!service.read_only) fault('may write to its image');
    if (!service.init) fault('has no init, so nobody passes on signals');
  } else if (!/:\d[\w.-]*$/.test(service.image ?? '')) fault(`${service.image} has no exact version`);
  if (!asList(service.security_opt).includes('no-new-privileges:true')) fault('may gain privileges');
  if (!service.deploy?.resources?.limits?.memory) fault('has no limit of memory');
  if (!service.healthcheck && !ours) fault('has no health check');
  if (!service.restart) fault('does not say when it is started again');
  for (const volume of asList(service.volumes)) {
    const [source] = volume.split(':');
    if (source.startsWith('.')) files.push(join('infra', source));
    else if (!(source in (compose.volumes ?? {}))) fault(`the volume ${source} has no entry`);
  }
  for (const secret of asList(service.secrets))
    if (!(secret in (compose.secrets ?? {}))) fault(`the secret ${secret} has no entry`);
  for (const other of Object.keys(service.depends_on ?? {}))
    if (!(other in compose.services)) fault(`waits for ${other}, which is no service`);
  for (const file of files) if (!exists(file)) fault(`names ${file}, which is not there`);
  return faults;
}

/** @returns one sentence per fault */
function faultsOf(composeText, proxyText, containerText, exists, textOf) {
  const compose = parse(composeText);
  const faults = Object.entries(compose.services).flatMap(([name, service]) =>
    faultsOfService(name, service, compose, exists, textOf),
  );
  for (const [, host, port] of proxyText.matchAll(/^\s*server ([\w-]+):(\d+)/gm)) {
    const service = compose.services[host];
    if (!service) faults.push(`the proxy asks ${host}, which is no service`);
    else if (Object.fromEntries(environmentOf(service)).YIZHAN_PORT !== port) faults.push(`${host} does not listen at ${port}`);
  }
  if (!/proxy_set_header X-Forwarded-For \$remote_addr;/.test(proxyText)) faults.push('the proxy passes on what strangers write');
  if (!/location = \/api\/stream \{[^}]*proxy_buffering off;/.test(proxyText)) faults.push('the proxy holds back /api/stream');
  const ranges = compose.networks.door.ipam.config.map(({ subnet }) => subnet);
  for (const [name, service] of Object.entries(compose.services)) {
    const trusted = Object.fromEntries(environmentOf(service)).YIZHAN_TRUST_PROXY;
    if (trusted !== undefined && !ranges.includes(trusted)) faults.push(`${name} trusts ${trusted}, where the proxy is not`);
  }
  const containerFaults = [
    [/^USER (?!root|0)/m, 'runs as root'],
    [/^HEALTHCHECK /m, 'has no health check'],
    [/^STOPSIGNAL SIGTERM/m, 'does not say how it is stopped'],
  ];
  for (const [wanted, sentence] of containerFaults) if (!wanted.test(containerText)) faults.push(`Containerfile: ${sentence}`);
  for (const [, image] of containerText.matchAll(/^FROM (\S+)/gm))
    if (!/:\d+\.\d+\.\d+/.test(image)) faults.push(`Containerfile: ${image} has no exact version`);
  for (const [, source] of containerText.matchAll(/^COPY (?!--from)((?:[\w./-]+ )+)[\w./-]+$/gm))
    for (const file of source.trim().split(' ')) if (!exists(file)) faults.push(`Containerfile: ${file} is not there`);
  return faults;
}

const texts = [read('infra/compose.yaml'), read('infra/proxy/nginx.conf'), read('infra/Containerfile')];
const exists = path => existsSync(join(root, path));
const check = ([compose, proxy, container], textOf = read) => faultsOf(compose, proxy, container, exists, textOf);

/** What is replaced in which text, and what must then be said. */
const plants = [
  [0, 'dist/apps/api/src/main.js', 'dist/apps/apy/src/main.js', 'is no program'],
  [0, 'YIZHAN_DRAIN_WAIT:', 'YIZHAN_DRIAN_WAIT:', 'which no program knows'],
  [0, 'POSTGRES_PASSWORD_FILE: /run/secrets/postgres_administrator', 'POSTGRES_PASSWORD: hunter2', 'in clear'],
  [0, "YIZHAN_PORT: '3001'", "YIZHAN_PORT: '3001', DATABASE_URL: 'postgres://a:b@postgres/yizhan'", 'password in clear'],
  [0, './proxy/nginx.conf', './proxy/nginks.conf', 'is not there'],
  [0, 'env_file: [owner.env]', 'env_file: [boss.env]', 'is missing'],
  [0, 'kafka:4.1.1', 'kafka:latest', 'no exact version'],
  [0, 'read_only: true', 'read_only: false', 'may write'],
  [0, '- postgres:/var', '- postgras:/var', 'has no entry'],
  [0, 'no-new-privileges:true', 'label:disable', 'may gain privileges'],
  [0, 'YIZHAN_TRUST_PROXY: 172.30.77.0/24', 'YIZHAN_TRUST_PROXY: 0.0.0.0/0', 'where the proxy is not'],
  [1, 'server api-2:3000', 'server api-3:3000', 'is no service'],
  [1, '$remote_addr;', '$proxy_add_x_forwarded_for;', 'strangers write'],
  [1, 'proxy_buffering off;', '', 'holds back'],
  [2, 'USER node', 'USER root', 'runs as root'],
  [2, 'COPY infra/postgres', 'COPY infra/postgras', 'is not there'],
];
const missed = plants.filter(([which, from, to, said]) => {
  const planted = texts.with(which, texts[which].replace(from, to));
  return planted[which] === texts[which] || !check(planted).some(fault => fault.includes(said));
});
const leaking = check(texts, path => (path.endsWith('app.env.example') ? 'YIZHAN_MASTER_KEY=abc' : read(path)));
const faults = check(texts);
for (const fault of faults) console.error(`✗ ${fault}`);
for (const [, from, to] of missed) console.error(`✗ planted and missed: ${from} → ${to}`);
if (leaking.length === 0) console.error('✗ planted and missed: a value in an example');
console.log(
  `compose: ${Object.keys(parse(texts[0]).services).length} services; ${plants.length + 1 - missed.length - (leaking.length === 0 ? 1 : 0)} of ${plants.length + 1} planted faults caught, ${faults.length} real ones`,
);
if (faults.length > 0 || missed.length > 0 || leaking.length === 0) process.exitCode = 1;
