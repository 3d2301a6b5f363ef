import type { Principal } from '@lib/platform/kernel/access.js';

/** Everything about the sending of a command that is not the command. */
export interface Envelope {
  readonly principal: Principal;
  /** Made by the sender; with principal, command name and own stream it makes the command id. */
  readonly key: string;
  /** The revision that the sender has seen of the command's own stream. */
  readonly ifMatch?: number | undefined;
  readonly dryRun?: boolean | undefined;
  /** `YYYY-MM-DD`, in Asia/Shanghai; today when absent. */
  readonly effectiveOn?: string | undefined;
  readonly reasonCode?: string | undefined;
  readonly correlationId?: string | undefined;
  readonly causationId?: string | undefined;
}

const envelopes = new WeakMap<object, Envelope>();

/** @returns the same command, ready for the CommandBus */
export function sentWith<Command extends object>(command: Command, envelope: Envelope): Command {
  envelopes.set(command, envelope);
  return command;
}

export function envelopeOf(command: object): Envelope {
  const envelope = envelopes.get(command);
  if (!envelope) throw new Error(`${command.constructor.name} was sent without an envelope`);
  return envelope;
}

/** Builds a command outside HTTP: every field is named, none is missing. */
export const ask = <Command extends object>(command: new () => Command, fields: Command): Command =>
  Object.assign(new command(), fields);
