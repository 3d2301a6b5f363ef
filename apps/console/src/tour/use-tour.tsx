import { useState, type ComponentType, type ReactNode } from 'react';
import { tell } from '../shell/feedback.tsx';
import { say } from '../shell/language.ts';

type Tour = ComponentType<{ end: () => void }>;

/** The tour while somebody takes it, and how it is started: read only then, and a page is not lost when it cannot be. */
export function useTour(): { readonly tour: ReactNode; readonly start: () => void } {
  const [taken, setTaken] = useState<{ readonly Tour: Tour }>();
  const end = () => {
    setTaken(undefined);
    // Where it can be started again.
    document.querySelector<HTMLElement>('.user-menu')?.focus({ preventScroll: true });
  };
  const start = () =>
    void import('./tour.tsx').then(
      ({ Tour }) => setTaken({ Tour }),
      () => tell(say('tour.unreachable'), 'error'),
    );
  return { tour: taken ? <taken.Tour end={end} /> : null, start };
}
