import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { BrokerFault } from './fault.mjs';

const run = promisify(execFile);
const oldest = 17;

/**
 * The command of a Java that can run the broker: of JAVA_HOME where that is set, else of the search path.
 * @throws BrokerFault when there is none, or one older than 17
 */
export async function findJava(environment) {
  const { JAVA_HOME } = environment;
  const java = JAVA_HOME ? join(JAVA_HOME, 'bin', 'java') : 'java';
  const said = await run(java, ['-version'], { env: environment }).then(
    ({ stdout, stderr }) => stdout + stderr,
    () => undefined,
  );
  if (said === undefined)
    throw JAVA_HOME
      ? new BrokerFault(
          environment,
          `JAVA_HOME 指向 ${JAVA_HOME},那里没有能运行的 Java。请改正,或者不设 JAVA_HOME。`,
          `JAVA_HOME is ${JAVA_HOME}, where no Java runs. Correct it, or leave it unset.`,
        )
      : new BrokerFault(
          environment,
          `没有找到 Java。Kafka 需要 Java ${oldest} 或更新的版本:请先安装(例如 openjdk-17-jre-headless),或用 JAVA_HOME 指明所在。`,
          `No Java was found. Kafka needs Java ${oldest} or newer: install it first (openjdk-17-jre-headless, for example), or name its place in JAVA_HOME.`,
        );
  const version = versionIn(said);
  if (version === undefined || version < oldest)
    throw new BrokerFault(
      environment,
      `${java} 的版本是 ${version ?? '未知'},Kafka 需要 Java ${oldest} 或更新的版本。请用 JAVA_HOME 指明另一个。`,
      `${java} is of version ${version ?? 'unknown'}, and Kafka needs Java ${oldest} or newer. Name another one in JAVA_HOME.`,
    );
  return java;
}

/** The first number, but 8 for "1.8.0". */
function versionIn(said) {
  const [, first, second] = /version "(\d+)(?:\.(\d+))?/.exec(said) ?? [];
  if (first === undefined) return undefined;
  return first === '1' && second !== undefined ? Number(second) : Number(first);
}
