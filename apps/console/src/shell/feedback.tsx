import { App, Button } from 'antd';
import { useEffect, type ReactNode } from 'react';
import type { Command } from './command.ts';
import { say } from './language.ts';
import { Refused } from './problem.ts';
import { send } from './sending.ts';
import type { Receipt } from './outbox.ts';

type Feedback = ReturnType<typeof App.useApp>;
let feedback: Feedback | undefined;

/** Lets functions outside components speak to the person. */
export function useConnectedFeedback(): void {
  const here = App.useApp();
  useEffect(() => {
    feedback = here;
  }, [here]);
}

export function tell(content: ReactNode, kind: 'success' | 'info' | 'error' = 'success'): void {
  void feedback?.message.open({ type: kind, content, duration: kind === 'error' ? 6 : 3 });
}

/**
 * Says no in the server's own sentence, and stays until it is read.
 * @param again opens what was sent, with what was typed
 */
export function tellRefusal(title: string, error: unknown, again?: () => void): void {
  const key = crypto.randomUUID();
  const sentence = error instanceof Error ? error.message : String(error);
  const changes = error instanceof Refused ? error.changes : [];
  feedback?.notification.error({
    key,
    actions: again ? (
      <Button
        type="primary"
        size="small"
        onClick={() => {
          feedback?.notification.destroy(key);
          again();
        }}
      >
        {say('shell.changeAndSend')}
      </Button>
    ) : null,
    title: say('shell.refusedLater', { what: title }),
    description: [sentence, ...changes.slice(0, 3).map(({ words }) => words)]
      .filter((line, nth, all) => all.indexOf(line) === nth)
      .join('\n'),
    duration: 0,
    placement: 'bottomRight',
  });
}

/** Tells what was done, with a way back that is one key or click away. */
export function tellWithUndo(what: string, undo: () => Promise<unknown>): void {
  const key = crypto.randomUUID();
  const takeBack = () => {
    feedback?.message.destroy(key);
    undo().then(
      () => tell(say('shell.undone'), 'info'),
      (error: unknown) => tellRefusal(say('shell.undo'), error),
    );
  };
  void feedback?.message.open({
    key,
    type: 'success',
    duration: 8,
    content: (
      <span>
        {what}
        <Button type="link" size="small" onClick={takeBack}>
          {say('shell.undo')}
        </Button>
      </span>
    ),
  });
}

/**
 * Sends it, and tells how it ended.
 * @param again opens what was sent, when it is refused
 * @returns undefined when it was refused
 */
export async function sendAndTell(command: Command, undo?: () => Command, again?: () => void): Promise<Receipt | undefined> {
  try {
    const receipt = await send(command);
    const what = say('shell.done', { what: command.title });
    if (undo) tellWithUndo(what, () => send(undo()));
    else tell(what);
    return receipt;
  } catch (error) {
    tellRefusal(command.title, error, again);
    return undefined;
  }
}
