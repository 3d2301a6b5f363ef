import type { Data, ImpersonalData, PersonalClass, Shape } from './shape.js';

/**
 * A sentence with `{field}` gaps, in both languages; ids in the gaps are shown by name.
 * What stands in `[` `]` is said only when each field named in it has a value.
 */
export interface Words {
  readonly zh: string;
  readonly en: string;
}

/** Something that happened in the office. Named in the past tense, never changed, never taken back. */
export interface Fact<T extends string = string, S extends Shape = Shape> {
  readonly type: T;
  readonly data: Data<S>;
  readonly class: FactClass<T, S>;
}

export interface FactClass<T extends string = string, S extends Shape = Shape> {
  new (data: Data<S>): Fact<T, S>;
  readonly type: T;
  readonly version: number;
  readonly shape: S;
  readonly category: string;
  readonly idField: string;
  readonly words: Words;
  readonly personalFields: readonly PersonalField[];
  upcast(version: number, data: Stored): Stored;
}

export interface PersonalField {
  readonly name: string;
  readonly subject: string;
  readonly class: PersonalClass;
}

type Stored = Record<string, unknown>;
type Upcast = (data: Stored) => Stored;

export interface AnyFact {
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly class: AnyFactClass;
}

export interface AnyFactClass extends Omit<FactClass, 'shape'> {
  new (data: never): AnyFact;
  readonly shape: Shape;
}

/** A fact as a fold meets it: personal fields are sealed there, so they are not in the type. */
export type Impersonal<F> = F extends Fact<infer T, infer S> ? { readonly type: T; readonly data: ImpersonalData<S> } : never;

const catalogue = new Map<string, AnyFactClass>();

/** Every fact class that has been loaded, by its stored type name. */
export const factCatalogue: ReadonlyMap<string, AnyFactClass> = catalogue;

/**
 * The facts of one kind of stream.
 * @param category camelCase (a KurrentDB category ends at the first dash)
 * @param idField the field of every such fact that names its stream
 * @returns `event`, which declares one fact: stored type name (never changes), version, shape, words, and one upcast per older version
 * @throws when loaded, if an upcast is missing, a name is taken, or `idField` is not in the shape
 */
export function eventsOf(category: string, idField: string) {
  return function event<T extends string, const S extends Shape>(
    type: T,
    version: number,
    shape: S,
    words: Words,
    upcasts: Readonly<Record<number, Upcast>> = {},
  ): FactClass<T, S> {
    if (catalogue.has(type)) throw new Error(`two facts are called ${type}`);
    if (!Object.hasOwn(shape, idField)) throw new Error(`${type} lacks its stream's id field ${idField}`);
    for (let older = 1; older < version; older += 1) {
      if (!upcasts[older]) throw new Error(`${type} version ${version} has no upcast from version ${older}`);
    }
    const personalFields = Object.entries(shape).flatMap(([name, field]) =>
      field.personal ? [{ name, subject: field.personal.subject, class: field.personal.class }] : [],
    );
    for (const { name, subject } of personalFields) {
      if (!Object.hasOwn(shape, subject))
        throw new Error(`${type}.${name} is sealed under ${subject}, which the fact does not carry`);
    }

    class Declared {
      static readonly type = type;
      static readonly version = version;
      static readonly shape = shape;
      static readonly category = category;
      static readonly idField = idField;
      static readonly words = words;
      static readonly personalFields = personalFields;
      declare readonly type: T;
      declare readonly class: FactClass<T, S>;

      constructor(readonly data: Data<S>) {}

      static upcast(from: number, data: Stored): Stored {
        if (from > version) throw new Error(`${type} version ${from} was written by a newer program; this one knows ${version}`);
        let current = data;
        for (let older = from; older < version; older += 1) current = upcasts[older]!(current);
        return current;
      }
    }
    Object.defineProperty(Declared.prototype, 'type', { value: type, enumerable: true });
    Object.defineProperty(Declared.prototype, 'class', { value: Declared });
    catalogue.set(type, Declared as unknown as AnyFactClass);
    return Declared;
  };
}

export const streamOf = (category: string, id: string) => `${category}-${id}`;

/** The stream that a fact belongs to. */
export function streamOfFact(fact: AnyFact): string {
  return streamOf(fact.class.category, fact.data[fact.class.idField] as string);
}

/** The id part of a stream's name: everything behind the first dash. */
export const idOfStream = (stream: string) => stream.slice(stream.indexOf('-') + 1);
export const categoryOfStream = (stream: string) => stream.slice(0, stream.indexOf('-'));

/** A stored event as today's code knows it. @throws when its type is unknown or newer than this program */
export function revive(type: string, version: number, data: Stored): AnyFact {
  const declared = catalogue.get(type);
  if (!declared) throw new Error(`no fact is called ${type}`);
  return new declared((version === declared.version ? data : declared.upcast(version, data)) as never);
}

const gaps = /\{(\w+)\}/g;

/**
 * A fact in words. Gaps are filled with its own values; `show` may turn an id or a sealed value into a name.
 * What cannot be shown is an ellipsis.
 */
export function sentence(
  type: string,
  data: Readonly<Record<string, unknown>>,
  language: 'zh' | 'en',
  show: (field: string, value: unknown) => string | undefined = () => undefined,
): string {
  const declared = catalogue.get(type);
  if (!declared) return type;
  const said = declared.words[language].replaceAll(/\[([^\]]*)\]/g, (_, clause: string) =>
    [...clause.matchAll(gaps)].every(([, field]) => data[field!] !== undefined && data[field!] !== null) ? clause : '',
  );
  return said.replaceAll(gaps, (_, field: string) => {
    const shown = show(field, data[field]);
    if (shown !== undefined) return shown;
    const shape = declared.shape[field];
    if (!shape || shape.personal || shape.refers || data[field] === undefined) return '…';
    return String(data[field]);
  });
}
