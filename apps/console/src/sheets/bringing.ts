import { idsOfRow, type RowIds } from './row-ids.ts';
import type { Command } from '../shell/command.ts';
import { Outbox, TakenBack, type Post } from '../shell/outbox.ts';
import { Refused } from '../shell/problem.ts';
import type { PersonRow, RowFault } from './people-sheet.ts';

export type RowState = 'unchecked' | 'ready' | 'done-before' | 'faulty' | 'sending' | 'done' | 'refused';

export interface BroughtRow {
  readonly person: PersonRow;
  readonly state: RowState;
  readonly faults: readonly RowFault[];
}

export type Stage = 'checking' | 'checked' | 'sending' | 'paused' | 'finished';

export interface Brought {
  readonly stage: Stage;
  readonly rows: readonly BroughtRow[];
}

/** What came of asking what would happen: it may have been done before under the same key. */
export type Foreseen = 'would' | 'done-before';

export interface BringingParts {
  /** The command that registers a person of the sheet under an id; undefined where the place is not known. */
  readonly toCommand: (person: PersonRow, id: string) => Command | undefined;
  /** Asks the server what would happen. @throws Refused; anything else when it did not answer */
  readonly foresee: (command: Command, key: string) => Promise<Foreseen>;
  readonly post: Post;
  readonly ids: RowIds;
  /** How many requests are under way at once. */
  readonly lanes?: number;
  readonly pause?: (milliseconds: number) => Promise<void>;
}

const fieldOf: Readonly<Record<string, RowFault['field']>> = {
  name: 'name',
  idNumber: 'idNumber',
  phone: 'phone',
  homeDivisionId: 'home',
  skills: 'skills',
  fields: 'fields',
  specialisms: 'fields',
  'Effective-On': 'on',
};

function faultsOf({ problem, message }: Refused): readonly RowFault[] {
  const errors = problem.errors ?? [];
  if (errors.length === 0) return [{ key: 'refused', values: { sentence: message } }];
  return errors.map(({ pointer, detail }) => ({
    field: fieldOf[pointer.split('/').find(Boolean) ?? ''],
    key: 'refused',
    values: { sentence: detail },
  }));
}

/** It is not about the row: the same question gets another answer later. */
const isPassing = ({ problem: { status } }: Refused) => status === 401 || status === 429 || status >= 500;

/**
 * The people of a sheet on their way into a register. First every row is checked and nothing is written; then, when somebody says so,
 * the rows that can be are sent, a few at once, each under an id and a key that were fixed before: whatever is sent again, after a lost
 * connection, a pause or another upload of the same file, is done once.
 */
export class Bringing {
  private brought: Brought;
  private readonly listeners = new Set<() => void>();
  private readonly outboxes = new Set<Outbox>();
  private readonly places: ReadonlyMap<PersonRow, number>;
  private shown: Brought;
  private telling: ReturnType<typeof setTimeout> | undefined;
  private run = 0;

  constructor(
    people: readonly PersonRow[],
    private readonly parts: BringingParts,
  ) {
    this.brought = {
      stage: 'checking',
      rows: people.map(person => ({
        person,
        state: person.faults.length > 0 ? 'faulty' : 'unchecked',
        faults: person.faults,
      })),
    };
    this.shown = this.brought;
    this.places = new Map(people.map((person, nth) => [person, nth]));
  }

  readonly now = (): Brought => this.brought;

  /** What listeners were told of last. */
  readonly seen = (): Brought => this.shown;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  };

  /** Asks the server about every row that is not wrong in itself. */
  async check(): Promise<void> {
    const run = this.begin('checking');
    await this.inLanes(run, 'unchecked', async (row, { id, key }) => {
      const command = this.parts.toCommand(row.person, id);
      if (!command) return this.mark(row, 'faulty');
      for (let tries = 0; this.run === run; tries += 1) {
        try {
          const foreseen = await this.parts.foresee(command, key);
          return this.mark(row, foreseen === 'would' ? 'ready' : 'done-before');
        } catch (error) {
          if (error instanceof Refused && !isPassing(error)) return this.mark(row, 'faulty', faultsOf(error));
          await this.wait(Math.min(500 * 2 ** tries, 8_000));
        }
      }
      return undefined;
    });
    if (this.run === run) this.change({ ...this.brought, stage: 'checked' });
  }

  /** Sends what is ready, also after a pause. */
  async send(): Promise<void> {
    const run = this.begin('sending');
    await this.inLanes(run, 'ready', async (row, { id, key }) => {
      const command = this.parts.toCommand(row.person, id);
      if (!command) return this.mark(row, 'faulty');
      this.mark(row, 'sending');
      const outbox = new Outbox(this.parts.post, () => key);
      this.outboxes.add(outbox);
      try {
        await outbox.send(command);
        this.mark(row, 'done');
      } catch (error) {
        // Nobody knows what became of it; it goes again under the same key.
        if (error instanceof TakenBack) this.mark(row, 'ready');
        else if (error instanceof Refused) this.mark(row, 'refused', faultsOf(error));
        else throw error;
      } finally {
        this.outboxes.delete(outbox);
      }
      return undefined;
    });
    if (this.run === run) this.change({ ...this.brought, stage: 'finished' });
  }

  /** Sends no further row; what is on its way and does not arrive is sent again later. */
  readonly pause = (): void => {
    this.run += 1;
    this.change({ ...this.brought, stage: this.brought.stage === 'sending' ? 'paused' : this.brought.stage });
    for (const outbox of this.outboxes) outbox.takeBack();
  };

  /** Somebody signed in, or the connection is back. */
  readonly hurry = (): void => {
    for (const outbox of this.outboxes) outbox.hurry();
  };

  private begin(stage: Stage): number {
    this.run += 1;
    this.change({ ...this.brought, stage });
    return this.run;
  }

  private wait(milliseconds: number): Promise<void> {
    return this.parts.pause?.(milliseconds) ?? new Promise(done => setTimeout(done, milliseconds));
  }

  private async inLanes(
    run: number,
    state: RowState,
    work: (row: BroughtRow, ids: { readonly id: string; readonly key: string }) => Promise<void>,
  ): Promise<void> {
    const waiting = this.brought.rows.filter(row => row.state === state);
    const lane = async () => {
      for (let row = waiting.shift(); row && this.run === run; row = waiting.shift())
        await work(row, await idsOfRow(this.parts.ids, row.person.row));
    };
    await Promise.all(Array.from({ length: this.parts.lanes ?? 4 }, lane));
  }

  private mark({ person }: BroughtRow, state: RowState, faults: readonly RowFault[] = person.faults): void {
    const rows = this.brought.rows.with(this.places.get(person)!, { person, state, faults });
    this.brought = { ...this.brought, rows };
    // Thousands of rows change within seconds; nobody can read that.
    this.telling ??= setTimeout(() => this.tell(), 150);
  }

  private change(brought: Brought): void {
    this.brought = brought;
    this.tell();
  }

  private tell(): void {
    clearTimeout(this.telling);
    this.telling = undefined;
    this.shown = this.brought;
    for (const listener of this.listeners) listener();
  }
}
