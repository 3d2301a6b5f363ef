import { App, Button } from 'antd';
import { useEffect, type ReactNode } from 'react';
import type { Command } from './command.ts';
import { say } from './language.ts';
import { Refused } from './problem.ts';
import { send } from './sending.ts';
import type { Receipt } from './outbox.ts';

type Feedback = ReturnType<typeof App.useApp>;
let feedback: Feedback | undefined;

/** The ways back that are still offered, the latest last. */
const waysBack = new Map<string, () => void>();

/** The key by which everything else takes something back; what is being typed has a way back of its own. */
function takeBackByKey(event: KeyboardEvent): void {
  const { key, ctrlKey, metaKey, shiftKey, altKey, target } = event;
  if (key.toLowerCase() !== 'z' || ctrlKey === metaKey || shiftKey || altKey) return;
  if (target instanceof Element && target.matches('input:not([type=checkbox]), textarea, [role=dialog] *')) return;
  const latest = [...waysBack.values()].at(-1);
  if (!latest) return;
  event.preventDefault();
  latest();
}

/** Lets functions outside components speak to the person. */
export function useConnectedFeedback(): void {
  const here = App.useApp();
  useEffect(() => {
    feedback = here;
  }, [here]);
  useEffect(() => {
    window.addEventListener('keydown', takeBackByKey);
    return () => window.removeEventListener('keydown', takeBackByKey);
  }, []);
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
    waysBack.delete(key);
    undo().then(
      () => tell(say('shell.undone'), 'info'),
      (error: unknown) => tellRefusal(say('shell.undo'), error),
    );
  };
  // Nobody loses the way back while they are at it. Once taken, it stays away: on going it loses the focus, which would show it again.
  const show = (duration: number) => {
    if (!waysBack.has(key)) return;
    void feedback?.message.open({
      key,
      type: 'success',
      duration,
      onClose: () => waysBack.delete(key),
      content: (
        <span onFocus={() => show(0)} onBlur={() => show(8)}>
          {what}
          <Button type="link" size="small" onClick={takeBack} aria-keyshortcuts="Control+Z">
            {say('shell.undo')}
          </Button>
          <kbd className="wide-only quiet" aria-hidden>
            Ctrl+Z
          </kbd>
        </span>
      ),
    });
  };
  waysBack.set(key, takeBack);
  show(8);
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
