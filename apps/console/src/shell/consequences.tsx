import { Alert, Spin } from 'antd';
import { useEffect, useRef, useState } from 'react';
import type { Command } from './command.ts';
import { useWords } from './language.ts';
import { Refused } from './problem.ts';
import { rehearse, type Rehearsal } from './sending.ts';

type Foreseen =
  | { readonly is: 'unknown' }
  | { readonly is: 'checking' }
  | { readonly is: 'unreachable' }
  | { readonly is: 'seen'; readonly facts: Rehearsal['facts'] }
  | { readonly is: 'refused'; readonly sentence: string };

/** While somebody types, the server is asked only when they pause. */
const pause = 350;

function useForeseen(command: Command | undefined): Foreseen {
  const [foreseen, setForeseen] = useState<Foreseen>({ is: 'unknown' });
  const latest = useRef(0);
  const asked = command ? JSON.stringify(command) : '';
  useEffect(() => {
    latest.current += 1;
    const turn = latest.current;
    if (!command) {
      setForeseen({ is: 'unknown' });
      return;
    }
    setForeseen({ is: 'checking' });
    const timer = setTimeout(() => {
      rehearse(command).then(
        ({ facts }) => turn === latest.current && setForeseen({ is: 'seen', facts }),
        (error: unknown) => {
          if (turn !== latest.current) return;
          setForeseen(error instanceof Refused ? { is: 'refused', sentence: error.message } : { is: 'unreachable' });
        },
      );
    }, pause);
    return () => clearTimeout(timer);
    // The command is made anew at every drawing; what it says decides.
    // oxlint-disable-next-line react/exhaustive-deps
  }, [asked]);
  return foreseen;
}

/** @returns how often each fact would be written, in the order of the first */
const countedFacts = (facts: Rehearsal['facts']): readonly (readonly [string, number])[] => {
  const counts = new Map<string, number>();
  for (const { type } of facts) counts.set(type, (counts.get(type) ?? 0) + 1);
  return [...counts];
};

/** Says before it is done what will happen, or why it may not; nothing is written meanwhile. */
export function Consequences({
  command,
  also = [],
  without = [],
}: {
  command: Command | undefined;
  also?: readonly string[];
  without?: readonly string[];
}) {
  const { say, willBe } = useWords();
  const foreseen = useForeseen(command);
  if (foreseen.is === 'unknown' && also.length === 0) return null;
  if (foreseen.is === 'refused') return <Alert type="warning" showIcon title={foreseen.sentence} className="spaced" />;
  const lines = foreseen.is === 'seen' ? countedFacts(foreseen.facts.filter(({ type }) => !without.includes(type))) : [];
  return (
    <div className="consequences" aria-live="polite">
      <h3>{say('shell.consequences')}</h3>
      {foreseen.is === 'checking' ? (
        <p className="quiet">
          <Spin size="small" /> {say('shell.checking')}
        </p>
      ) : foreseen.is === 'unreachable' ? (
        // The box stays: one that went away would move the button from under the pointer.
        <p className="quiet">{say('shell.cannotForesee')}</p>
      ) : (
        <ul>
          {lines.map(([fact, count]) => (
            <li key={fact}>{willBe(fact, count)}</li>
          ))}
          {foreseen.is === 'seen' && lines.length === 0 ? (
            <li>{say('shell.nothingChanges')}</li>
          ) : (
            also.map(line => <li key={line}>{line}</li>)
          )}
        </ul>
      )}
    </div>
  );
}
