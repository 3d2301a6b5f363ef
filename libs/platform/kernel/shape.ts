/** The fields of a fact, declared once: their type, their JSON Schema and whether they speak of a person. */

export type JsonSchema = Readonly<Record<string, unknown>>;

/** P2: may stand in clear in read models (names sort, pinyin searches). P3: sealed everywhere, opened for the page that is sent. */
export type PersonalClass = 'P2' | 'P3';

export interface Field<T, Optional extends boolean = boolean, Personal extends boolean = boolean> {
  readonly schema: JsonSchema;
  readonly optional: Optional;
  /** The field of the same fact that holds the id of the person (or unit) whose key seals this one. */
  readonly personal: Personal extends false ? undefined : { readonly subject: string; readonly class: PersonalClass };
  /** Holds ids of streams, so that a fact can be found from everything that it mentions. */
  readonly refers: boolean;
  readonly accepts: (value: unknown) => boolean;
  readonly is?: T;
}

type Plain<T> = Field<T, false, false>;
type AnyField = Field<unknown>;
export type Shape = Readonly<Record<string, AnyField>>;

type TypeOf<F> = F extends Field<infer T> ? T : never;
type OptionalKeys<S extends Shape> = { [K in keyof S]: S[K] extends Field<unknown, true> ? K : never }[keyof S];
type PersonalKeys<S extends Shape> = { [K in keyof S]: S[K] extends Field<unknown, boolean, true> ? K : never }[keyof S];
type Fields<S extends Shape, Keys extends keyof S> = { readonly [K in Exclude<Keys, OptionalKeys<S>>]: TypeOf<S[K]> } & {
  readonly [K in Extract<Keys, OptionalKeys<S>>]?: TypeOf<S[K]> | undefined;
};

export type Data<S extends Shape> = Fields<S, keyof S>;
/** What a decision may know of a fact: everything but its personal fields, which stay sealed while streams are folded. */
export type ImpersonalData<S extends Shape> = Fields<S, Exclude<keyof S, PersonalKeys<S>>>;

const plain = <T>(schema: JsonSchema, accepts: (value: unknown) => boolean, refers = false): Plain<T> => ({
  schema,
  optional: false,
  personal: undefined,
  refers,
  accepts,
});

const isText = (value: unknown): value is string => typeof value === 'string';
const matching = (pattern: RegExp) => (value: unknown) => isText(value) && pattern.test(value);

const uuidPattern = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The id of a stream: a UUID in lower case, made by the caller. */
export const id = plain<string>({ type: 'string', format: 'uuid' }, matching(uuidPattern), true);
export const text = plain<string>({ type: 'string' }, isText);
/** A calendar date in Asia/Shanghai, `YYYY-MM-DD`. */
export const date = plain<string>({ type: 'string', format: 'date' }, matching(/^\d{4}-\d{2}-\d{2}$/));
export const integer = plain<number>({ type: 'integer' }, Number.isSafeInteger);
export const flag = plain<boolean>({ type: 'boolean' }, value => typeof value === 'boolean');

export const oneOf = <const T extends string>(...values: readonly T[]): Plain<T> =>
  plain<T>({ type: 'string', enum: values }, value => isText(value) && (values as readonly string[]).includes(value));

export const listOf = <T>(item: Plain<T>): Plain<readonly T[]> =>
  plain<readonly T[]>(
    { type: 'array', items: item.schema },
    value => Array.isArray(value) && value.every(item.accepts),
    item.refers,
  );

export const optional = <T, P extends boolean>(field: Field<T, false, P>): Field<T, true, P> => ({ ...field, optional: true });

const sealedUnder =
  (personalClass: PersonalClass) =>
  <T>(subject: string, field: Plain<T>): Field<T, false, true> => ({
    ...field,
    personal: { subject, class: personalClass },
  });

/** P2: a name, a birth year, an address to street level, the last four of a phone. */
export const personal = sealedUnder('P2');
/** P3: an ID number, a full phone or address, health, notes, every free text. */
export const sensitive = sealedUnder('P3');

/** @returns the names of the fields that are missing, unknown or of the wrong shape; empty when `data` fits. */
export function misfits(shape: Shape, data: Readonly<Record<string, unknown>>): string[] {
  const unknown = Object.keys(data).filter(name => !Object.hasOwn(shape, name) && data[name] !== undefined);
  const wrong = Object.entries(shape)
    .filter(([name, field]) => (data[name] === undefined ? !field.optional : !field.accepts(data[name])))
    .map(([name]) => name);
  return [...unknown, ...wrong];
}
