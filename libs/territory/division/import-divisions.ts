import { fold } from '@lib/platform/kernel/aggregate.js';
import { streamOf, streamOfFact, type AnyFact } from '@lib/platform/kernel/event.js';
import { namespaces, uuidV5 } from '@lib/platform/kernel/uuid.js';
import { jilinDivisions, type DivisionRecord } from './data/jilin.js';
import { codeIdOf, DivisionCodeTaken, type DivisionCodeFact } from './division-code.events.js';
import { defineDivision } from './division.commands.js';
import { DivisionDefined, type DivisionFact } from './division.events.js';
import { division, divisionCode, divisionIdOf, usuallyRequiresCenter, type Division } from './division.js';

/** The log as the import needs it. */
export interface DivisionLog {
  /** Each stream's facts, in order; none for one that does not exist. */
  read(streams: readonly string[]): Promise<ReadonlyMap<string, readonly AnyFact[]>>;
  /**
   * Writes all facts in one append, or nothing.
   * @param expected each stream that is written, and each that was relied on, with the revision of its last fact (-1: none)
   * @param commandId the same for the same batch, however often it is tried
   */
  append(facts: readonly AnyFact[], expected: ReadonlyMap<string, number>, commandId: string): Promise<void>;
}

export interface ImportProgress {
  readonly done: number;
  readonly total: number;
}

interface Import {
  readonly log: DivisionLog;
  readonly say?: (progress: ImportProgress) => void;
  /** The divisions of Jilin when left out. Parents stand before their children. */
  readonly data?: { readonly asOf: string; readonly source: string; readonly divisions: readonly DivisionRecord[] };
}

/** Permanent: the command ids of the batches hang on both. */
const importName = 'import:jilin-2023';
const batchSize = 300;

const commandIdOf = (batch: number) => uuidV5(namespaces.command, `${importName}\n${batch}`);
const slotOf = (code: string) => streamOf(divisionCode.category, codeIdOf(code));
const divisionStream = (divisionId: string) => streamOf(division.category, divisionId);
// Where the file was cut from stays with the file; the log needs whose data it is, and of which day.
const shortSource = (source: string) => source.split(';')[0];

const isDivisionFact = (fact: AnyFact): fact is DivisionFact => fact.class.category === division.category;
const isCodeFact = (fact: AnyFact): fact is DivisionCodeFact => fact.class.category === divisionCode.category;

/**
 * Defines the divisions of the data, batch by batch, by the same decision as everybody else's. Each batch is one append, and the
 * codes in the log say what is there already: an import that was broken off, wherever, goes on at its next start and writes nothing
 * twice. A place that somebody defined by hand meanwhile is left as it is, and what belongs to it comes below it.
 */
export async function importDivisions({ log, say = () => {}, data = jilinDivisions() }: Import): Promise<ImportProgress> {
  const { divisions } = data;
  const source = shortSource(data.source);
  const total = divisions.length;
  const batches = Math.ceil(total / batchSize);
  const batchAt = (batch: number) => divisions.slice(batch * batchSize, (batch + 1) * batchSize);

  // Batches are written in their order: when the last one is there, all are.
  if (total === 0 || (await isThere(log, batchAt(batches - 1)))) return { done: total, total };
  for (let batch = 0; batch < batches; batch += 1) {
    await importBatch(log, batchAt(batch), source, commandIdOf(batch));
    say({ done: Math.min((batch + 1) * batchSize, total), total });
  }
  return { done: total, total };
}

async function isThere(log: DivisionLog, records: readonly DivisionRecord[]): Promise<boolean> {
  const slots = await log.read(records.map(({ code }) => slotOf(code)));
  return records.every(({ code }) => (slots.get(slotOf(code))?.length ?? 0) > 0);
}

async function importBatch(
  log: DivisionLog,
  records: readonly DivisionRecord[],
  source: string | undefined,
  commandId: string,
): Promise<void> {
  const slotStreams = new Map<string, string>();
  for (const code of records.flatMap(({ code, parentCode }) => [code, ...(parentCode === null ? [] : [parentCode])])) {
    if (!slotStreams.has(code)) slotStreams.set(code, slotOf(code));
  }
  const slots = await log.read([...slotStreams.values()]);
  const ids = new Map<string, string>();
  const there = new Set<string>();
  for (const [code, stream] of slotStreams) {
    const { divisionId } = fold(divisionCode, (slots.get(stream) ?? []).filter(isCodeFact));
    if (divisionId) there.add(code);
    ids.set(code, divisionId ?? divisionIdOf(code));
  }
  const missing = records.filter(({ code }) => !there.has(code));
  if (missing.length === 0) return;

  const idOf = (code: string) => ids.get(code)!;
  const touched = missing.flatMap(({ code, parentCode }) => (parentCode === null ? [code] : [code, parentCode]));
  const streams = await log.read([...new Set(touched.map(code => divisionStream(idOf(code))))]);
  const states = new Map<string, Division>();
  const stateOf = (divisionId: string) => {
    let state = states.get(divisionId);
    if (!state) {
      state = fold(division, (streams.get(divisionStream(divisionId)) ?? []).filter(isDivisionFact));
      states.set(divisionId, state);
    }
    return state;
  };

  const facts: AnyFact[] = [];
  for (const record of missing) {
    for (const fact of factsOf(record, idOf, stateOf, source)) {
      facts.push(fact);
      if (!isDivisionFact(fact)) continue;
      const { divisionId } = fact.data;
      states.set(divisionId, division.evolve(stateOf(divisionId), fact));
    }
  }
  const expected = new Map<string, number>();
  for (const stream of facts.map(streamOfFact)) {
    expected.set(stream, (streams.get(stream) ?? slots.get(stream) ?? []).length - 1);
  }
  await log.append(facts, expected, commandId);
}

function factsOf(
  { code, name, kind, level, parentCode }: DivisionRecord,
  idOf: (code: string) => string,
  stateOf: (divisionId: string) => Division,
  source: string | undefined,
): readonly AnyFact[] {
  const divisionId = idOf(code);
  const centreRequired = usuallyRequiresCenter(kind);
  if (kind === 'PROVINCE' || parentCode === null) {
    // Nothing is above a province, so no command founds one: it is where the installation begins.
    return [
      new DivisionDefined({ divisionId, code, name, level, kind, centreRequired, source }),
      new DivisionCodeTaken({ codeId: codeIdOf(code), code, divisionId }),
    ];
  }
  const parentId = idOf(parentCode);
  return defineDivision(
    { divisionId, code, name, kind, parentId, source },
    { division: stateOf(divisionId), parent: stateOf(parentId), slot: {} },
  );
}
