import { type Append, type Appended, StreamMoved } from '../event-store.js';

/** An append on its way: its events as they will be stored, and who waits for the answer. */
export interface WaitingAppend {
  readonly append: Append;
  /** As `performance.now()` counts. */
  readonly sendBy: number;
  /** Metadata and data of each event, in turn. */
  readonly texts: readonly string[];
  /** Characters in `texts`. */
  readonly size: number;
  /** Had to let an append that came earlier go first. */
  deferred: boolean;
  readonly resolve: (appended: Appended) => void;
  readonly reject: (error: unknown) => void;
}

const limits = { members: 128, characters: 4 * 1024 * 1024, looked: 2048 };

/**
 * Takes the next group out of the queue, in order of arrival. No member writes a stream that another checks or writes: side by
 * side both would pass. The later one waits, and whoever conflicts with it waits behind it; so the oldest always goes.
 */
export function takeGroup(waiting: WaitingAppend[]): WaitingAppend[] {
  if (waiting.length === 1) return waiting.splice(0);
  const group: WaitingAppend[] = [];
  const stay: WaitingAppend[] = [];
  const written = new Set<string>();
  const touched = new Set<string>();
  let characters = 0;
  let looked = 0;
  while (looked < waiting.length && looked < limits.looked && group.length < limits.members && characters < limits.characters) {
    const member = waiting[looked]!;
    looked += 1;
    const { writes, checks } = member.append;
    let conflicts = false;
    for (const { stream } of writes) conflicts ||= touched.has(stream);
    for (const { stream } of checks) conflicts ||= written.has(stream);
    for (const { stream } of writes) {
      written.add(stream);
      touched.add(stream);
    }
    for (const { stream } of checks) touched.add(stream);
    if (conflicts) {
      member.deferred = true;
      stay.push(member);
    } else {
      group.push(member);
      characters += member.size;
    }
  }
  waiting.splice(0, looked, ...stay);
  return group;
}

/**
 * Answers those of the queue that the group which was just written has overtaken: revisions never go back, so the log need not
 * be asked. Only what waited behind that group is looked at.
 */
export function answerOvertaken(waiting: WaitingAppend[], written: readonly WaitingAppend[]): void {
  if (!waiting.some(({ deferred }) => deferred)) return;
  const revisions = new Map<string, number>();
  for (const { append } of written) {
    for (const { stream, expected, events } of append.writes) revisions.set(stream, expected + events.length);
  }
  const isOvertaken = ({ stream, expected }: { stream: string; expected: number }) => expected < (revisions.get(stream) ?? -1);
  let kept = 0;
  for (const member of waiting) {
    const moved = member.deferred ? [...member.append.writes, ...member.append.checks].filter(isOvertaken) : [];
    if (moved.length > 0) member.reject(new StreamMoved(moved.map(({ stream }) => stream)));
    else waiting[kept++] = member;
  }
  waiting.length = kept;
}
