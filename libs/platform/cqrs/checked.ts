import { plainToInstance } from 'class-transformer';
import { getMetadataStorage, validateSync, ValidationTypes, type ValidationError } from 'class-validator';
import type { Words } from '@lib/platform/kernel/event.js';
import { InvalidCommand, type Fault } from './no.js';

const sentences: Readonly<Record<string, Words>> = {
  isUuid: { zh: '须是 UUID', en: 'must be a UUID' },
  isString: { zh: '须是文字', en: 'must be text' },
  isNotEmpty: { zh: '不能为空', en: 'must not be empty' },
  minLength: { zh: '太短', en: 'is too short' },
  maxLength: { zh: '太长', en: 'is too long' },
  isIn: { zh: '不在可选的值之中', en: 'is not one of the allowed values' },
  isInt: { zh: '须是整数', en: 'must be a whole number' },
  min: { zh: '太小', en: 'is too small' },
  max: { zh: '太大', en: 'is too large' },
  isBoolean: { zh: '须是 true 或 false', en: 'must be true or false' },
  isArray: { zh: '须是列表', en: 'must be a list' },
  arrayMinSize: { zh: '项数太少', en: 'has too few items' },
  arrayMaxSize: { zh: '项数太多', en: 'has too many items' },
  arrayUnique: { zh: '有重复的项', en: 'has the same item twice' },
  isCalendarDate: { zh: '须是存在的日期,如 2026-03-01', en: 'must be a calendar date such as 2026-03-01' },
  isCitizenId: { zh: '身份证号码不正确(GB 11643)', en: 'is not a valid ID number (GB 11643)' },
  isChinaMobile: { zh: '手机号码不正确', en: 'is not a mobile phone number' },
  isPosition: { zh: '须是位置(数字)或时刻', en: 'must be a position or an instant' },
  matches: { zh: '格式不正确', en: 'has the wrong form' },
  whitelistValidation: { zh: '不认识这个字段', en: 'is not a known field' },
  isObject: { zh: '须是对象', en: 'must be an object' },
  nestedValidation: { zh: '须是对象', en: 'must be an object' },
};

const unknownRule: Words = { zh: '不正确', en: 'is not right' };

function faultsOf(errors: readonly ValidationError[], above = ''): Fault[] {
  return errors.flatMap(({ property, constraints = {}, children = [] }) => {
    const pointer = `${above}/${property.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    const codes = Object.keys(constraints);
    // A field that is absent breaks all its rules at once; the first says enough.
    return [
      ...codes.slice(0, 1).map(code => ({ pointer, code, words: sentences[code] ?? unknownRule })),
      ...faultsOf(children, pointer),
    ];
  });
}

const wrongFields: Words = { zh: '有字段不正确', en: 'Some fields are not right' };
const anyUuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
// eslint-disable-next-line no-control-regex
const controlCharacter = /[\u0000-\u0008\u000b-\u001f\u007f]/;

/** No command is nested deeper; what is would only exhaust the stack. */
const deepest = 20;

/**
 * Text that no name or note can hold: control characters and halves of characters.
 * @throws InvalidCommand when it is nested too deep to look at
 */
function unprintableFields(value: unknown, pointer = '', depth = 0): Fault[] {
  if (typeof value === 'string') {
    if (!controlCharacter.test(value) && value.isWellFormed()) return [];
    return [{ pointer, code: 'isPrintable', words: { zh: '含有不可用的字符', en: 'holds characters that cannot be kept' } }];
  }
  if (value === null || typeof value !== 'object') return [];
  if (depth === deepest) throw new InvalidCommand('body-too-deep', { zh: '请求体嵌套过深', en: 'The body is nested too deep' });
  return Object.entries(value).flatMap(([name, inner]) => unprintableFields(inner, `${pointer}/${name}`, depth + 1));
}

/** Outer blanks go, and a UUID is the same in upper case. */
function tidy(value: unknown): unknown {
  if (typeof value === 'string') return anyUuid.test(value) ? value.toLowerCase() : value.trim();
  if (Array.isArray(value)) return value.map(tidy);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, tidy(inner)]));
}

const nested = new Map<new () => object, boolean>();

/** Whether parts of it are instances of classes of their own, which the rules of class-validator show. */
function hasParts(shape: new () => object): boolean {
  let parts = nested.get(shape);
  if (parts === undefined) {
    const rules = getMetadataStorage().getTargetValidationMetadatas(shape, '', false, false);
    parts = rules.some(({ type }) => type === ValidationTypes.NESTED_VALIDATION);
    nested.set(shape, parts);
  }
  return parts;
}

function validated<T extends object>(instance: T): T {
  const errors = validateSync(instance, {
    whitelist: true,
    forbidNonWhitelisted: true,
    forbidUnknownValues: false,
    validationError: { target: false, value: false },
  });
  if (errors.length > 0) throw new InvalidCommand('validation-failed', wrongFields, faultsOf(errors));
  return instance;
}

function readable(body: unknown): object {
  if (body === null || typeof body !== 'object' || Array.isArray(body)) {
    throw new InvalidCommand('body-not-an-object', { zh: '请求体须是一个 JSON 对象', en: 'The body must be a JSON object' });
  }
  const unprintable = unprintableFields(body);
  if (unprintable.length > 0) throw new InvalidCommand('validation-failed', wrongFields, unprintable);
  return tidy(body) as object;
}

/**
 * @returns `body` as an instance of `shape`
 * @throws InvalidCommand with a pointer for every field that is missing, wrong or unknown
 */
export function checked<T extends object>(shape: new () => T, body: unknown): T {
  const fields = readable(body);
  return validated(hasParts(shape) ? plainToInstance(shape, fields) : Object.assign(new shape(), fields));
}

/** The same for the parameters of a query, which arrive as text. */
export const checkedQuery = <T extends object>(shape: new () => T, query: object): T =>
  validated(plainToInstance(shape, readable(query)));
