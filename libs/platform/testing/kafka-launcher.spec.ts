import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { languageOfTerminal } from '@lib/platform/kernel/language.js';
import * as fault from '../../../infra/kafka/fault.mjs';
import { holdFolder } from '../../../infra/kafka/hold.mjs';
import { brokerJars } from '../../../infra/kafka/jars.mjs';
import { findJava } from '../../../infra/kafka/java.mjs';
import { freePorts, isFree } from '../../../infra/kafka/ports.mjs';

let place: string;
beforeEach(async () => {
  place = await mkdtemp(join(tmpdir(), 'yizhan-launcher-'));
  await mkdir(join(place, 'bin'));
});
afterEach(() => rm(place, { recursive: true, force: true }));

/** A program of that name, for a search path on which there are only such programs and the shell's own. */
async function pretend(name: string, script: string): Promise<void> {
  await writeFile(join(place, 'bin', name), `#!/bin/sh\n${script}\n`);
  await chmod(join(place, 'bin', name), 0o755);
}
const environment = (more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv => ({
  PATH: join(place, 'bin'),
  YIZHAN_LANGUAGE: 'en',
  ...more,
});
const says = (version: string) => `echo 'openjdk version "${version}" 2025-04-15' >&2`;
const sentence = (asked: Promise<unknown>) =>
  asked.then(
    () => undefined,
    (error: Error) => `${error.name}: ${error.message}`,
  );

describe('Java', () => {
  test.each(['17', '17.0.15', '25.0.1', '17-ea'])('%s runs the broker', async version => {
    await pretend('java', says(version));
    expect(await findJava(environment())).toBe('java');
  });
  test.each(['11.0.22', '1.8.0_412', '16'])('%s is too old', async version => {
    await pretend('java', says(version));
    expect(await sentence(findJava(environment()))).toMatch(
      /^BrokerFault: java is of version (11|8|16), and Kafka needs Java 17/,
    );
  });
  test('none at all is said in the language of the terminal', async () => {
    expect(await sentence(findJava(environment()))).toMatch(/^BrokerFault: No Java was found/);
    expect(await sentence(findJava(environment({ YIZHAN_LANGUAGE: 'zh' })))).toMatch(/^BrokerFault: 没有找到 Java/);
  });
  test('that of JAVA_HOME goes before that of the search path, and a wrong JAVA_HOME is named', async () => {
    await pretend('java', says('17'));
    expect(await findJava(environment({ JAVA_HOME: place }))).toBe(join(place, 'bin', 'java'));
    expect(await sentence(findJava(environment({ JAVA_HOME: '/nowhere' })))).toMatch(/JAVA_HOME is \/nowhere/);
  });
});

describe('the files of the broker', () => {
  const folder = () => join(place, 'data', 'kafka');
  const bring = (more?: NodeJS.ProcessEnv) => brokerJars({ environment: environment(more), folder: folder() });
  /** Makes three files where its last word says, slowly enough for others to meet it. */
  const maven = () => `
    echo run >> ${join(place, 'runs')}
    for word; do folder=$word; done
    folder=$(echo $folder | /bin/sed s/-DoutputDirectory=//)
    /bin/mkdir -p "$folder"
    for name in one two three; do echo $name > "$folder/$name.jar"; /bin/sleep 0.05; done`;

  test('Maven that is missing is said', async () => {
    expect(await sentence(bring())).toMatch(/^BrokerFault: Maven \(mvn\).* was not found/);
    expect(await sentence(bring({ YIZHAN_LANGUAGE: 'zh' }))).toMatch(/^BrokerFault: 没有找到 Maven/);
  });
  test('Maven that reaches no repository is quoted, and leaves nothing behind', async () => {
    await pretend('mvn', `printf '\\033[0m[ERROR] \\n'; echo '[ERROR] Could not transfer artifact'; echo '[ERROR] more'; exit 1`);
    expect(await sentence(bring())).toMatch(
      /^BrokerFault: Maven could not bring .*Maven said: \[ERROR\] Could not transfer artifact$/,
    );
    expect(await readdir(folder())).toEqual([]);
  });
  test('are brought once, whoever asks how often and at the same time', async () => {
    await pretend('mvn', maven());
    const found = await Promise.all(Array.from({ length: 5 }, () => bring()));
    expect(new Set(found).size).toBe(1);
    expect((await readdir(found[0]!)).filter(name => name.endsWith('.jar'))).toEqual(['one.jar', 'three.jar', 'two.jar']);
    expect(await readdir(folder())).toHaveLength(1);
    expect(await readFile(join(place, 'runs'), 'utf8')).toBe('run\n');

    await rm(join(place, 'bin', 'mvn'));
    expect(await bring()).toBe(found[0]);
  });
  test('are brought again when one is missing or cut short', async () => {
    await pretend('mvn', maven());
    const jars = await bring();
    await writeFile(join(jars, 'two.jar'), 'tw');
    await rm(join(place, 'bin', 'mvn'));
    expect(await sentence(bring())).toMatch(/was not found/);
    await pretend('mvn', maven());
    await bring();
    expect(await readdir(folder())).toEqual([jars.slice(folder().length + 1)]);
    await rm(join(place, 'bin', 'mvn'));
    expect(await bring()).toBe(jars);
  });
});

test('a folder is held by one at a time', async () => {
  const release = await holdFolder(place);
  expect(release).toBeDefined();
  expect(await holdFolder(place)).toBeUndefined();
  const other = await holdFolder(join(place, 'bin'));
  expect(other).toBeDefined();
  await release!();
  const again = await holdFolder(place);
  expect(again).toBeDefined();
  await Promise.all([other!(), again!()]);
});

test('free ports differ, are free, and lie below those that a system lends to outgoing connections', async () => {
  const ports = await freePorts(20);
  expect(new Set(ports).size).toBe(20);
  expect(ports.filter(port => port < 1024 || port >= 32_768)).toEqual([]);
});
test('a port on which somebody listens is not free', async () => {
  const server = createServer();
  await new Promise<void>(settle => server.listen(0, '127.0.0.1', settle));
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  expect(await isFree(port)).toBe(false);
  await new Promise(settle => server.close(settle));
  expect(await isFree(port)).toBe(true);
});

test.each([
  {},
  { YIZHAN_LANGUAGE: 'en' },
  { YIZHAN_LANGUAGE: 'fr', LANG: 'en' },
  { LANG: 'en_US.UTF-8' },
  { LANG: 'en_US.UTF-8', LC_ALL: 'zh_CN.UTF-8' },
  { LANG: 'zh_CN.UTF-8', LC_MESSAGES: 'en_GB' },
  { LANG: 'C' },
])('the launcher speaks the language of the house: %j', variables =>
  expect(fault.languageOfTerminal(variables)).toBe(languageOfTerminal(variables)),
);
