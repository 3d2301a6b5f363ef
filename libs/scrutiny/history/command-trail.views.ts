import { IsUUID } from 'class-validator';
import { sql } from 'kysely';
import { everyRole } from '@lib/access/roles.js';
import { wordsOfCommand } from '@lib/platform/cqrs/module-table.js';
import { view, type Looking } from '@lib/platform/cqrs/views.js';
import { isAmong } from '@lib/platform/read-store/id-list.js';
import type { Reader } from '@lib/platform/read-store/reader.js';
import { HistoryActor, HistoryEntry, told, type Told } from './history-entry.views.js';

/** What was asked for, by whom, when and why, and what was written because of it. */
export class CarriedOutCommand {
  /** @example "5f0c8f52-0f5e-5a3e-9b8e-0a8f3c9f4b11" */
  readonly commandId!: string;
  /** What was asked for; null where the facts do not tell. @example "暂停社工" */
  readonly request!: string | null;
  readonly actor!: HistoryActor;
  /** The place, center or station for which the actor acted; null for what acts by itself. @example "北山街道" */
  readonly unit!: string | null;
  /** When it was recorded: ISO 8601 in UTC. @example "2026-03-02T02:00:00.000Z" */
  readonly recordedAt!: string;
  /** From which day it counts. @example "2026-03-02" */
  readonly effectiveOn!: string;
  /** Why, as a code in words, where one was given. @example "补录" */
  readonly because!: string | null;
  /** The fact that it answers: its position; null where a person asked for it. @example "13021" */
  readonly answers!: string | null;
  /** What it wrote, in order. */
  readonly facts!: HistoryEntry[];
}

/** A command from the request to its facts and to everything that followed from them. */
export class CommandTrail {
  /** The command itself. */
  readonly command!: CarriedOutCommand;
  /** The fact that it answers, where it was asked for by a policy. */
  readonly cause!: HistoryEntry | null;
  /** What policies did because of it, and because of that, in order. */
  readonly consequences!: CarriedOutCommand[];
  /** False when more followed than is shown here. @example true */
  readonly whole!: boolean;
}

/** Which command. */
export class CommandTrailAsk {
  /** The id of the command, as every fact that it wrote says. @example "5f0c8f52-0f5e-5a3e-9b8e-0a8f3c9f4b11" */
  @IsUUID() readonly commandId!: string;
}

/** A center that closes with all its stations leads to some hundred facts. */
const mostFacts = 1_000;

interface Step {
  readonly position: string;
  /** 0: of the command itself; -1: what it answers. */
  readonly depth: number;
  readonly causePosition: string | null;
}

async function stepsOf({ reader, reach }: Looking<Reader>, commandId: string): Promise<readonly Step[]> {
  const seen = (alias: string) => (reach.all ? sql`true` : isAmong(`${alias}.divisionId`, reach.divisionIds));
  const { rows } = await sql<Step>`
    with recursive led as (
      select f.position, f.event_id, f.cause_id, 0 as depth from recorded_fact f
      where f.command_id = ${commandId}::uuid and ${seen('f')}
      union all
      select f.position, f.event_id, f.cause_id, l.depth + 1 from led l join recorded_fact f on f.cause_id = l.event_id
      where ${seen('f')}
    ), steps as (
      select l.position, l.depth, c.position as cause_position
      from led l left join recorded_fact c on c.event_id = l.cause_id and ${seen('c')}
    )
    select position, depth, cause_position from (
      select * from steps
      union
      select s.cause_position, -1, null from steps s where s.depth = 0 and s.cause_position is not null
    ) every_step order by depth, position limit ${mostFacts + 1}`.execute(reader.tables());
  return rows;
}

function carriedOut(facts: readonly Told[], answers: string | null, { language }: Looking<Reader>): CarriedOutCommand {
  const [{ recorded, entry, unit }] = facts as readonly [Told, ...Told[]];
  const { command = '' } = recorded.metadata;
  const { commandId, actor, recordedAt, effectiveOn, because } = entry;
  return {
    commandId,
    request: wordsOfCommand(command)?.[language] ?? null,
    actor,
    unit: unit ?? null,
    recordedAt,
    effectiveOn,
    because,
    answers,
    facts: facts.map(each => each.entry),
  };
}

export const commandTrail = view('commandTrail', {
  at: 'history/commands/{commandId}',
  by: everyRole,
  asks: CommandTrailAsk,
  answers: CommandTrail,
  words: { zh: '一次操作的来龙去脉', en: 'A command from the request to its facts and what followed from them' },
  async answer({ commandId }: CommandTrailAsk, looking: Looking<Reader>) {
    const steps = await stepsOf(looking, commandId);
    if (!steps.some(({ depth }) => depth === 0)) return undefined;
    const shown = steps.slice(0, mostFacts);
    const facts = new Map(
      (
        await told(
          looking,
          shown.map(({ position }) => position),
        )
      ).map(each => [each.entry.position, each]),
    );
    const commands = new Map<string, { readonly answers: string | null; readonly facts: Told[] }>();
    for (const { position, depth, causePosition } of shown) {
      const fact = facts.get(position)!;
      if (depth < 0) continue;
      const written = commands.get(fact.entry.commandId);
      if (written) written.facts.push(fact);
      else commands.set(fact.entry.commandId, { answers: causePosition, facts: [fact] });
    }
    const [command, ...consequences] = [...commands.values()].map(each => carriedOut(each.facts, each.answers, looking));
    const answered = shown.find(({ depth }) => depth < 0);
    return {
      body: {
        command: command!,
        cause: answered ? facts.get(answered.position)!.entry : null,
        consequences,
        whole: steps.length <= mostFacts,
      } satisfies CommandTrail,
    };
  },
});
