import { useNavigate, useRouterState } from '@tanstack/react-router';
import { Button, Tour as Walk } from 'antd';
import { useEffect, useId, useRef, useState } from 'react';
import { useWords } from '../shell/language.ts';
import { bringIntoSight, pointedAt, stopsOf, type Onward, type Stop } from './stops.ts';
import './tour.css';

const content = () => document.getElementById('content')!;

/** What there is to see on the page at a path, once the page has been read. */
function useStops(path: string): readonly Stop[] | undefined {
  const [stops, setStops] = useState<readonly Stop[]>();
  useEffect(() => {
    const look = () => {
      const seen = stopsOf(content(), path);
      if (!seen) return;
      observer.disconnect();
      setStops(seen);
    };
    const observer = new MutationObserver(look);
    observer.observe(content(), { childList: true, subtree: true });
    look();
    return () => observer.disconnect();
  }, [path]);
  return stops;
}

/** Keeps the keyboard within the words of the tour, as the page behind them cannot be clicked either. */
function keepWithin(dialog: Element): (event: KeyboardEvent) => void {
  return event => {
    if (event.key !== 'Tab') return;
    const buttons = [...dialog.querySelectorAll('button')];
    const last = event.shiftKey ? buttons[0] : buttons.at(-1);
    if (document.activeElement !== last) return;
    event.preventDefault();
    (event.shiftKey ? buttons.at(-1) : buttons[0])?.focus();
  };
}

/** The buttons of one stop; makes a dialog of what surrounds them, with a name, and takes the keyboard there. */
function StopActions({
  nth,
  last,
  next,
  labelledBy,
  describedBy,
  goTo,
  go,
}: {
  nth: number;
  last: boolean;
  next: string;
  labelledBy: string;
  describedBy: string;
  goTo: (nth: number) => void;
  go: () => void;
}) {
  const { say } = useWords();
  const onward = useRef<HTMLButtonElement>(null);
  // The words are put on the page only after this has been laid out, and nothing off the page takes the keyboard.
  useEffect(() => {
    const dialog = onward.current?.closest<HTMLElement>('.ant-tour');
    if (!dialog) return undefined;
    dialog.setAttribute('role', 'dialog');
    dialog.setAttribute('aria-modal', 'true');
    dialog.setAttribute('aria-labelledby', labelledBy);
    dialog.setAttribute('aria-describedby', describedBy);
    const keep = keepWithin(dialog);
    dialog.addEventListener('keydown', keep);
    onward.current?.focus({ preventScroll: true });
    return () => dialog.removeEventListener('keydown', keep);
  }, [labelledBy, describedBy]);
  return (
    <>
      {nth > 0 ? <Button onClick={() => goTo(nth - 1)}>{say('tour.previous')}</Button> : null}
      <Button
        ref={onward}
        type="primary"
        aria-describedby={`${labelledBy} ${describedBy}`}
        onClick={last ? go : () => goTo(nth + 1)}
      >
        {next}
      </Button>
    </>
  );
}

function Walked({ stops, end }: { stops: readonly Stop[]; end: () => void }) {
  const { say } = useWords();
  const navigate = useNavigate();
  const id = useId();
  const [current, setCurrent] = useState(0);
  useEffect(() => {
    const at = stops[current]?.at;
    const element = at && pointedAt(content(), at);
    if (element) bringIntoSight(element);
  }, [stops, current]);
  const follow = (onward: Onward) => {
    if (onward.to === 'centers') return navigate({ to: '/' });
    return onward.to === 'center'
      ? navigate({ to: '/centers/$centerId', params: { centerId: onward.centerId } })
      : navigate({ to: '/places/$divisionId', params: { divisionId: onward.divisionId } });
  };
  const nextOf = (nth: number): string => {
    const onward = stops[nth]?.onward;
    if (onward) return onward.to === 'centers' ? say('tour.toCenters') : say('tour.onTo', { name: onward.name });
    return say(nth === stops.length - 1 ? 'tour.finish' : 'tour.next');
  };
  return (
    <Walk
      open
      current={current}
      onChange={setCurrent}
      onClose={end}
      disabledInteraction
      rootClassName="tour"
      closable={{ 'aria-label': say('tour.leave') }}
      steps={stops.map(({ title, text, at }) => ({
        title: <span id={`${id}-title`}>{say(title)}</span>,
        description: <span id={`${id}-text`}>{say(text)}</span>,
        target: at ? () => pointedAt(content(), at)! : null,
      }))}
      indicatorsRender={(nth, total) => <span className="quiet">{say('tour.step', { current: nth + 1, total })}</span>}
      actionsRender={(_, { current: nth, total }) => (
        <StopActions
          key={nth}
          nth={nth}
          last={nth === total - 1}
          next={nextOf(nth)}
          labelledBy={`${id}-title`}
          describedBy={`${id}-text`}
          goTo={setCurrent}
          go={() => {
            const onward = stops[nth]?.onward;
            if (onward) void follow(onward);
            else end();
          }}
        />
      )}
    />
  );
}

/** A short walk over the page that is shown; where there is nothing to walk over, it leads to the page of a center. */
export function Tour({ end }: { end: () => void }) {
  const path = useRouterState({ select: ({ location, resolvedLocation }) => (resolvedLocation ?? location).pathname });
  return <TourOfPage key={path} path={path} end={end} />;
}

function TourOfPage({ path, end }: { path: string; end: () => void }) {
  const stops = useStops(path);
  return stops ? <Walked stops={stops} end={end} /> : null;
}
