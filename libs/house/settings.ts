import { plainToInstance } from 'class-transformer';
import { IsIn, IsInt, IsOptional, IsString, Matches, Max, Min, MinLength, ValidateBy, validateSync } from 'class-validator';
import { isIP } from 'node:net';
import { CannotStart } from './databases.js';
import type { LogChoice } from './log.js';
import type { Words } from '@lib/platform/kernel/event.js';
import { languageOfTerminal } from '@lib/platform/kernel/language.js';

/** An address, or a range of them in the notation of CIDR. */
function isAddressOrRange(text: string): boolean {
  const [address = '', bits, ...more] = text.split('/');
  const version = isIP(address);
  if (version === 0 || more.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128));
}

/** Everything that can be set for any of the programs, by the name of its environment variable. */
class Variables {
  @IsOptional() @IsInt() @Min(0) @Max(65_535) readonly YIZHAN_PORT?: number;
  @IsOptional() @IsString() @MinLength(1) readonly YIZHAN_HOST: string = '127.0.0.1';
  @IsOptional() @IsString() @MinLength(1) readonly YIZHAN_DATA: string = '.yizhan';
  @IsOptional() @IsString() @MinLength(8) @Matches(/^\S.*\S$/) readonly YIZHAN_PILOT_PASSWORD?: string;
  @IsOptional() @IsString() @MinLength(1) readonly YIZHAN_MASTER_KEY?: string;
  @IsOptional() @IsInt() @Min(0) @Max(60_000) readonly YIZHAN_DRAIN_WAIT: number = 500;
  @IsOptional()
  @ValidateBy({ name: 'areAddresses', validator: { validate: (list: string) => list.split(',').every(isAddressOrRange) } })
  readonly YIZHAN_TRUST_PROXY?: string;
  @IsOptional() @IsIn(['zh', 'en']) readonly YIZHAN_LANGUAGE?: 'zh' | 'en';
  @IsOptional() @IsIn(['debug', 'info', 'warn', 'error']) readonly YIZHAN_LOG_LEVEL: string = 'info';
  // Also of a server that is reached by a socket, whose folder stands in place of the host.
  @IsOptional()
  @Matches(/^postgres(ql)?:\/\/\S+$/)
  @ValidateBy({ name: 'isUrl', validator: { validate: (url: string) => URL.canParse(url) } })
  readonly DATABASE_URL?: string;
  @IsOptional() @IsIn(['postgres', 'kurrentdb']) readonly YIZHAN_LOG: 'postgres' | 'kurrentdb' = 'postgres';
  @IsOptional() @Matches(/^(kurrentdb|esdb)(\+discover)?:\/\/[^\s/?#]+/) readonly KURRENTDB_URL?: string;
  @IsOptional() @Matches(/^[^\s,:]+:\d{1,5}(,[^\s,:]+:\d{1,5})*$/) readonly KAFKA_BROKERS?: string;
}

/** Read by the tests and by other programs of the house; not an unknown name here. */
const elsewhere = new Set([
  'YIZHAN_REQUIRE_ALL',
  'YIZHAN_TEST_DATABASE_URL',
  'YIZHAN_TEST_KURRENTDB_URL',
  'YIZHAN_TEST_LOG',
  'YIZHAN_URL',
  'YIZHAN_CONSUMER_DATABASE_URL',
  'YIZHAN_CONSUMER_DATA',
  'YIZHAN_KAFKA_PORT',
]);

const meanings: Readonly<Record<string, Words>> = {
  YIZHAN_PORT: { zh: '须是 0 到 65535 的整数', en: 'must be a whole number from 0 to 65535' },
  YIZHAN_HOST: { zh: '须是监听地址,如 127.0.0.1', en: 'must be an address to listen on, such as 127.0.0.1' },
  YIZHAN_DATA: { zh: '须是数据文件夹', en: 'must be a folder for the data' },
  YIZHAN_PILOT_PASSWORD: { zh: '至少 8 个字符,首尾不能是空格', en: 'must have at least 8 characters and no blank at either end' },
  YIZHAN_MASTER_KEY: { zh: '须是 32 字节的密钥(base64 或十六进制)', en: 'must be a key of 32 bytes (base64 or hexadecimal)' },
  YIZHAN_DRAIN_WAIT: { zh: '须是 0 到 60000 毫秒', en: 'must be 0 to 60000 milliseconds' },
  YIZHAN_TRUST_PROXY: {
    zh: '须是代理的地址或网段,如 10.0.0.5 或 10.0.0.0/24,多个用逗号隔开',
    en: 'must be addresses of proxies or their ranges, such as 10.0.0.5 or 10.0.0.0/24, separated by commas',
  },
  YIZHAN_LANGUAGE: { zh: '须是 zh 或 en', en: 'must be zh or en' },
  YIZHAN_LOG_LEVEL: { zh: '须是 debug、info、warn 或 error', en: 'must be debug, info, warn or error' },
  DATABASE_URL: { zh: '须是 postgres:// 开头的地址', en: 'must be an address that begins with postgres://' },
  YIZHAN_LOG: { zh: '须是 postgres 或 kurrentdb', en: 'must be postgres or kurrentdb' },
  KURRENTDB_URL: {
    zh: '须是 kurrentdb:// 或 esdb:// 开头的连接串',
    en: 'must be a connection string that begins with kurrentdb:// or esdb://',
  },
  KAFKA_BROKERS: { zh: '须是 主机:端口,多个用逗号隔开', en: 'must be host:port, several separated by commas' },
};

const needsUrl: Words = {
  zh: 'YIZHAN_LOG 是 kurrentdb 时须设 KURRENTDB_URL,如 kurrentdb://localhost:2113?tls=false',
  en: 'With YIZHAN_LOG kurrentdb, KURRENTDB_URL must be set, such as kurrentdb://localhost:2113?tls=false',
};

export interface Settings {
  readonly port: number;
  readonly host: string;
  readonly dataFolder: string;
  readonly pilotPassword?: string | undefined;
  readonly masterKey?: string | undefined;
  readonly databaseUrl?: string | undefined;
  readonly factsIn: LogChoice;
  /** `host:port` of each; none: nothing is published. */
  readonly brokers: readonly string[];
  /** How long it still takes requests after it has begun to say that it is not ready, in milliseconds. */
  readonly drainWait: number;
  /** Addresses and ranges of proxies whose word for where a request comes from is taken; none: nobody's is. */
  readonly trustedProxies: readonly string[];
  readonly language: 'zh' | 'en';
  readonly logLevel: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

const numbers = ['YIZHAN_PORT', 'YIZHAN_DRAIN_WAIT'] as const;

/**
 * @param port where the program listens when nothing else is set
 * @throws CannotStart that names every unknown `YIZHAN_…` name and every bad value
 */
export function readSettings(environment: Environment, port = 3000): Settings {
  const language = languageOfTerminal(environment);
  const known = new Set(Object.keys(meanings));
  const unknown = Object.keys(environment).filter(name => name.startsWith('YIZHAN_') && !known.has(name) && !elsewhere.has(name));
  const given: Record<string, unknown> = Object.fromEntries(
    Object.entries(environment).filter(([name, value]) => known.has(name) && value !== undefined && value !== ''),
  );
  for (const name of numbers) if (given[name] !== undefined) given[name] = Number(given[name]);
  const variables = plainToInstance(Variables, given, { exposeDefaultValues: true });
  const wrong = validateSync(variables).map(({ property }) => property);
  const { YIZHAN_LOG: kind, KURRENTDB_URL: kurrent } = variables;
  const urlMissing = kind === 'kurrentdb' && kurrent === undefined;
  const sentences = [
    ...unknown.map(name => (language === 'zh' ? `不认识环境变量 ${name}` : `The environment variable ${name} is not known`)),
    ...wrong.map(name => `${name}:${meanings[name]![language]}`),
    ...(urlMissing ? [needsUrl[language]] : []),
  ];
  if (sentences.length > 0) throw new CannotStart(sentences.join('\n'));
  return {
    port: variables.YIZHAN_PORT ?? port,
    host: variables.YIZHAN_HOST,
    dataFolder: variables.YIZHAN_DATA,
    pilotPassword: variables.YIZHAN_PILOT_PASSWORD,
    masterKey: variables.YIZHAN_MASTER_KEY,
    databaseUrl: variables.DATABASE_URL,
    factsIn: kind === 'kurrentdb' && kurrent !== undefined ? { kind, url: kurrent } : { kind: 'postgres' },
    brokers: variables.KAFKA_BROKERS?.split(',') ?? [],
    drainWait: variables.YIZHAN_DRAIN_WAIT,
    trustedProxies: variables.YIZHAN_TRUST_PROXY?.split(',') ?? [],
    language,
    logLevel: variables.YIZHAN_LOG_LEVEL,
  };
}
