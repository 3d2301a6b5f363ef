import type { AnyFact, Fact } from './event.js';
import type { Data, ImpersonalData, Shape } from './shape.js';

/** This field goes out, in clear, to everybody who subscribes. */
export const tell = 'tell';
/** This field, or this whole fact, stays in the house. */
export const keep = 'keep';

type Json = Readonly<Record<string, unknown>>;
type Evolutions = Readonly<Record<string, (state: Json, data: Json) => Json>>;

interface Declared {
  readonly type: string;
}
type Named<F, T> = F extends Fact<infer Type, infer S> ? (Type extends T ? S : never) : never;
type ToldData<Row, S extends Shape, Id extends string> = {
  [
    K in keyof ImpersonalData<S> as K extends Id ? K : K extends keyof Row ? (Row[K] extends typeof tell ? K : never) : never
  ]: Data<S>[K & keyof Data<S>];
};

/**
 * One decision for each field of each fact that speaks of no person. A missing one does not compile, and neither does one for a
 * personal field: those never go out on a shared topic, so there is nothing to decide.
 */
type Decisions<F extends Declared, Id extends string> = {
  readonly [T in F['type']]:
    typeof keep | { readonly [K in Exclude<keyof ImpersonalData<Named<F, T>>, Id>]-?: typeof tell | typeof keep };
};

/** Anything that is decided beside them does not compile: an object literal alone would let it pass. */
type NothingElse<F extends Declared, Id extends string, D> = {
  readonly [T in keyof D]: D[T] extends typeof keep
    ? typeof keep
    : { readonly [K in keyof D[T]]: K extends Exclude<keyof ImpersonalData<Named<F, T>>, Id> ? D[T][K] : never };
};

type Changes<F extends Declared, Id extends string, D, State> = {
  readonly [T in F['type'] as T extends keyof D ? (D[T] extends typeof keep ? never : T) : never]: (
    state: State,
    data: ToldData<T extends keyof D ? D[T] : never, Named<F, T>, Id>,
  ) => State;
};

/** What the outside is told of one kind of stream. */
export interface Publication {
  /** kebab-case, as in `yizhan.service-station.v1`. */
  readonly noun: string;
  readonly category: string;
  readonly topic: string;
  /** The facts that go out, each with the fields that go out. */
  readonly told: ReadonlyMap<string, readonly string[]>;
  /** Facts that stay in the house. */
  readonly kept: readonly string[];
  /** Without one, the noun is told as facts only. */
  readonly state?: {
    readonly topic: string;
    readonly shape: Shape;
    /** Of a stream of which nothing was told yet. */
    readonly initial: Json;
    /** The state of a stream after one more told fact; the data is that which was told. */
    readonly evolve: (state: Json, type: string, data: Json) => Json;
  };
}

interface Rules<F extends Declared, Id extends string, D> {
  /** kebab-case, as in `yizhan.service-station.v1`. */
  readonly noun: string;
  readonly category: string;
  /** The field that names the stream; it always goes out. */
  readonly id: Id;
  readonly tells: D & Decisions<F, Id> & NothingElse<F, Id, D>;
}

interface Told<F extends Declared, Id extends string, D> extends Publication {
  /**
   * With a compacted topic of states for those who come late. A state is folded from what is told and nothing else, so that a
   * subscriber who folds the facts comes to the same.
   * @param initial what the first fact of a stream finds; nothing when left out
   */
  withState<S extends Shape>(
    shape: S,
    initial?: Partial<Data<S>>,
  ): { foldedBy(changes: Changes<F, Id, D, Data<S>>): Publication };
}

const catalogue = new Map<string, Publication>();

/** Every publication that has been loaded, by its noun: what a decision may know of what can be told outside. */
export const publicationCatalogue: ReadonlyMap<string, Publication> = catalogue;

const filed = (made: Publication): Publication => {
  catalogue.set(made.noun, made);
  return made;
};

/** The allow-list of one kind of stream: `publication<ServiceStationFact>()({ … })`. */
export const publication =
  <F extends Declared>() =>
  <Id extends string, const D extends Decisions<F, Id>>({ noun, category, id, tells }: Rules<F, Id, D>): Told<F, Id, D> => {
    const rows = Object.entries<typeof keep | Readonly<Record<string, typeof tell | typeof keep>>>(tells);
    const told = new Map<string, readonly string[]>();
    for (const [type, row] of rows) {
      if (row !== keep) told.set(type, [id, ...Object.keys(row).filter(field => row[field] === tell)]);
    }
    const facts: Publication = {
      noun,
      category,
      topic: `yizhan.${noun}.v1`,
      told,
      kept: rows.filter(([, row]) => row === keep).map(([type]) => type),
    };
    filed(facts);
    return {
      ...facts,
      withState: (shape, initial = {}) => ({
        foldedBy(changes) {
          const evolve = (state: Json, type: string, data: Json) => (changes as Evolutions)[type]!(state, data);
          return filed({ ...facts, state: { topic: `yizhan.state.${noun}`, shape, initial, evolve } });
        },
      }),
    };
  };

/** What goes out of a fact; undefined when it stays in the house. */
export function toldOf({ told }: Publication, { type, data }: Pick<AnyFact, 'type' | 'data'>): Json | undefined {
  const fields = told.get(type);
  if (!fields) return undefined;
  const out: Record<string, unknown> = {};
  for (const field of fields) if (data[field] !== undefined) out[field] = data[field];
  return out;
}
