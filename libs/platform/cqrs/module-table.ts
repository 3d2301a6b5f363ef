import type { By, Within } from '@lib/platform/kernel/access.js';
import type { Aggregate } from '@lib/platform/kernel/aggregate.js';
import type { Decide } from '@lib/platform/kernel/decision.js';
import type { Words } from '@lib/platform/kernel/event.js';
import type { Policy } from '@lib/platform/kernel/policy.js';
import type { AnyProjection } from '@lib/platform/kernel/projection.js';
import type { AnySheet } from './sheets.js';
import type { AnyView } from './views.js';

/** Look-ups that turn something in a command into the id of a stream. */
export interface LookUps {
  /** The stream of the human behind an ID number; a dry run leaves no trace of the question. */
  personKey(idNumber: string): Promise<string>;
  /** The stream of a certificate's number. */
  certificateKey(number: string): Promise<string>;
}

type Fields = Readonly<Record<string, unknown>>;

/** How one state that a decision looks at is found: a fold, and the id (or ids) of its stream. */
export interface Reading<Command, States> {
  readonly aggregate: Aggregate<unknown, never>;
  readonly many: boolean;
  /** True when the ids follow from the command alone, so that they are loaded together with the own stream. */
  readonly direct: boolean;
  /** True when the ids may have to be asked for elsewhere. */
  readonly looksUp: boolean;
  ids(command: Command, loaded: States, lookUps: LookUps): readonly string[] | Promise<readonly string[]>;
}

/** A reading whose state has a known type; the tag exists for the compiler only. */
export interface ReadingOf<Command, States, State> extends Reading<Command, States> {
  readonly state?: State;
}

type IdField<Command> = { [K in keyof Command]-?: Command[K] extends string | undefined ? K : never }[keyof Command] & string;
type IdsField<Command> = { [K in keyof Command]-?: Command[K] extends readonly string[] | undefined ? K : never }[keyof Command] &
  string;
type FindId<Command, States> = (
  command: Command,
  loaded: States,
  lookUps: LookUps,
) => string | undefined | Promise<string | undefined>;
type FindIds<Command, States> = (
  command: Command,
  loaded: States,
  lookUps: LookUps,
) => readonly string[] | Promise<readonly string[]>;

const present = (id: string | undefined) => (id === undefined ? [] : [id]);

/**
 * One stream: by a field of the command that holds its id, or by a function of the command and of what was loaded before it.
 * No id: the fold's initial state, and no stream.
 */
export function of<State, Command, States = unknown>(
  aggregate: Aggregate<State, never>,
  from: IdField<Command> | FindId<Command, States>,
): ReadingOf<Command, States, State> {
  return {
    aggregate,
    many: false,
    direct: typeof from === 'string' || from.length === 1,
    looksUp: typeof from !== 'string' && from.length > 2,
    ids: (command, loaded, lookUps) => {
      const id = typeof from === 'string' ? ((command as Fields)[from] as string | undefined) : from(command, loaded, lookUps);
      return id instanceof Promise ? id.then(present) : present(id);
    },
  };
}

/** Several streams, by their ids. */
export function each<State, Command, States = unknown>(
  aggregate: Aggregate<State, never>,
  from: IdsField<Command> | FindIds<Command, States>,
): ReadingOf<Command, States, ReadonlyMap<string, State>> {
  return {
    aggregate,
    many: true,
    direct: typeof from === 'string' || from.length === 1,
    looksUp: typeof from !== 'string' && from.length > 2,
    ids: (command, loaded, lookUps) =>
      typeof from === 'string' ? (((command as Fields)[from] as string[] | undefined) ?? []) : from(command, loaded, lookUps),
  };
}

/** The one stream that `each` loaded, with its id: for an id that a look-up found and that the command does not carry. */
export function theOnly<State>(loaded: ReadonlyMap<string, State>): readonly [id: string, state: State] {
  const [only] = loaded;
  if (!only || loaded.size > 1) throw new Error(`${loaded.size} streams were loaded where one was expected`);
  return only;
}

type Readings<Command, States> = { readonly [K in keyof States]?: ReadingOf<Command, States, States[K]> };

interface RowText {
  readonly words: Words;
}

interface RowRules<Command, States, R> extends RowText {
  /** The roles that may send it. */
  readonly by: By;
  /** Where it happens, so that scope can be judged on what was loaded. */
  readonly within: (states: States, command: Command) => Within;
  /** States of other streams, loaded in this order. */
  readonly reads: R;
}

/** A row of a module table. `Own` is what it expects of its own stream; it must be a state of the module's aggregate. */
export interface CommandRow<Own = never> {
  readonly command: new () => object;
  readonly decide: Decide<never, never>;
  readonly birth: boolean;
  readonly by: By;
  readonly within: (states: never, command: never) => Within;
  readonly reads: Readonly<Record<string, Reading<never, never>>>;
  readonly words: Words;
  readonly expects?: (own: Own) => void;
}

const row =
  (birth: boolean) =>
  <Command extends object, States, R extends Readings<Command, States>>(
    command: new () => Command,
    decide: Decide<Command, States>,
    rules: RowRules<Command, States, R>,
  ): CommandRow<Omit<States, keyof R>> => ({
    command,
    decide: decide as Decide<never, never>,
    birth,
    by: rules.by,
    within: rules.within as (states: never, command: never) => Within,
    reads: rules.reads as Readonly<Record<string, Reading<never, never>>>,
    words: rules.words,
  });

/** A command that founds its stream: `POST /api/<at>`, the id in the body. */
export const births = row(true);
/** A command on a stream that exists: `POST /api/<at>/{id}/<command-in-kebab-case>`. */
export const acts = row(false);

/** A row that knows its aggregate. */
export interface FiledCommand extends CommandRow {
  readonly aggregate: Aggregate<unknown, never>;
  /** The name under which decisions see the state of the own stream. */
  readonly as: string;
  readonly at: string;
  /** The field of the command that holds the id of its own stream. */
  readonly id: string;
}

/** What one folder of the office offers. */
export interface OfficeModule {
  readonly at: string;
  readonly commands: readonly FiledCommand[];
  readonly views: readonly AnyView[];
  /** Lists that may be taken away as files. */
  readonly sheets?: readonly AnySheet[];
  readonly projections: readonly AnyProjection[];
  readonly policies: readonly Policy[];
}

const commandWords = new Map<string, Words>();

/** What a command is called, by the name that its facts carry; undefined for what no table holds any more. */
export const wordsOfCommand = (name: string): Words | undefined => commandWords.get(name);

const sheetsByName = new Map<string, AnySheet>();

/** A list that may be taken away, by the name that the access log knows; undefined for what no table holds any more. */
export const sheetNamed = (name: string): AnySheet | undefined => sheetsByName.get(name);

/** The names of all lists that may be taken away, sorted. */
export const sheetNames = (): readonly string[] => [...sheetsByName.keys()].sort();

interface Table<State, As extends string> {
  readonly as: As;
  readonly at: string;
  readonly id: string;
  readonly commands: readonly CommandRow<{ readonly [K in As]: State }>[];
  readonly views?: readonly AnyView[];
  readonly sheets?: readonly AnySheet[];
  readonly projections?: readonly AnyProjection[];
  readonly policies?: readonly Policy[];
}

/**
 * The table of contents of one aggregate: what can be asked, by whom, and what can be looked at.
 * From a command's row come its handler, its route, the check of its body, its OpenAPI operation, its permission,
 * idempotency, `dryRun` and `If-Match`.
 */
export function aggregateModule<State, const As extends string>(
  aggregate: Aggregate<State, never>,
  { as, at, id, commands, views = [], sheets = [], projections = [], policies = [] }: Table<State, As>,
): OfficeModule {
  for (const { command, words } of commands) commandWords.set(command.name, words);
  for (const sheet of sheets) sheetsByName.set(sheet.name, sheet);
  const filed = (commands as readonly CommandRow[]).map(row => ({ ...row, aggregate, as, at, id }));
  return { at, commands: filed, views, sheets, projections, policies };
}
