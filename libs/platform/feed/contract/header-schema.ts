import type { JsonSchema } from '@lib/platform/kernel/shape.js';
import { controlType, header } from '../record.js';

const constant = (value: string) => ({ type: 'string', const: value });
const number = (description: string) => ({ type: 'string', pattern: '^\\d+$', description });

const specversion = constant('1.0');
const source = constant('urn:yizhan:log');
const contentType = constant('application/json');
const type = { type: 'string', description: '消息的种类和版本 · What the record is, with its version' };
const dataschema = { type: 'string', format: 'uri', description: '内容的 JSON Schema · The JSON Schema of the value' };
const time = (description: string) => ({ type: 'string', format: 'date-time', description });
const subject = {
  type: 'string',
  pattern: '^[a-z][A-Za-z]*-.+$',
  description: '事实流,同消息的键 · The stream; also the key of the record',
};
const position = number('事实在总日志中的位置,后来者更大 · Where the fact stands in the log; later facts have larger numbers');
const epoch = number('发布进程的任期,每次接替加大 · The term of the publisher; it rises with every one that takes over');
const revision = number('流内序号,从 0 起 · The number of the fact within its stream, from 0');

const headersOf = (properties: Readonly<Record<string, JsonSchema>>, optional: readonly string[] = []): JsonSchema => ({
  type: 'object',
  properties,
  required: Object.keys(properties).filter(name => !optional.includes(name)),
  additionalProperties: true,
});

/** CloudEvents 1.0 in binary mode for a fact; headers are text in UTF-8. */
export const factHeaders: JsonSchema = headersOf(
  {
    ce_specversion: specversion,
    [header.id]: {
      type: 'string',
      format: 'uuid',
      description: '事实的编号,重发时不变 · The id of the fact; the same when it is sent again',
    },
    ce_source: source,
    [header.type]: type,
    [header.subject]: subject,
    [header.time]: time('记入日志的时刻(UTC) · When it was recorded, UTC'),
    ce_dataschema: dataschema,
    'content-type': contentType,
    [header.position]: position,
    [header.revision]: revision,
    [header.previous]: {
      type: 'string',
      pattern: '^(-1|\\d+)$',
      description:
        '同一流此前发布的事实的序号,-1 表示首个;与已收到的不符即有缺失 · The revision of the fact of this stream that was published before; -1 for the first. When it is not the last one that arrived, something is missing',
    },
    [header.version]: number('事实结构的版本 · The version of the schema'),
    [header.epoch]: epoch,
    ce_effectiveon: {
      type: 'string',
      format: 'date',
      description: '生效日期(北京时间) · The day from which it holds, Asia/Shanghai',
    },
    ce_correlationid: { type: 'string', description: '同一件事的编号 · Shared by everything that follows from one request' },
    ce_causationid: { type: 'string', description: '引起它的事实或命令 · The fact or command that it follows from' },
  },
  ['ce_effectiveon', 'ce_correlationid', 'ce_causationid'],
);

export const stateHeaders: JsonSchema = headersOf({
  ce_specversion: specversion,
  [header.id]: {
    type: 'string',
    pattern: '/state$',
    description: '最近事实的编号加 /state · The id of its last fact and /state',
  },
  ce_source: source,
  [header.type]: type,
  [header.subject]: subject,
  [header.time]: time('最近事实记入的时刻(UTC) · When its last fact was recorded, UTC'),
  ce_dataschema: dataschema,
  'content-type': contentType,
  [header.position]: position,
  [header.revision]: revision,
  [header.epoch]: epoch,
});

export const controlHeaders: JsonSchema = headersOf({
  ce_specversion: specversion,
  [header.id]: { type: 'string', description: '主题/分区/位置 · Topic, partition and position' },
  ce_source: source,
  [header.type]: constant(controlType),
  [header.time]: time('说出的时刻(UTC) · When it was said, UTC'),
  'content-type': contentType,
  [header.position]: position,
  [header.epoch]: epoch,
});

/** Of records that are no CloudEvents. */
export const plainHeaders: JsonSchema = headersOf({ 'content-type': contentType });

/** Of what subscribers send: headers are not looked at. */
export const noHeaders: JsonSchema = headersOf({});

/** The headers of one kind of record: those of its family, with what sets it apart. */
export const headersOfKind = (family: JsonSchema, set: Readonly<Record<string, string>>): JsonSchema => ({
  type: 'object',
  allOf: [family],
  properties: Object.fromEntries(Object.entries(set).map(([name, value]) => [name, constant(value)])),
});
