import type { WordKey } from '../shell/language.ts';

/** Where the tour goes on when it cannot be walked here. */
export type Onward = { readonly to: 'centers' } | { readonly to: 'center'; readonly centerId: string; readonly name: string };

export interface Stop {
  readonly title: WordKey;
  readonly text: WordKey;
  /** Selectors of what is pointed at, the larger first; none: the middle of the screen. */
  readonly at?: readonly string[];
  /** Left out where this is not on the page. */
  readonly needs?: string;
  readonly onward?: Onward;
}

const assigning = '.page-actions a[href$="/assign"]';
const history = '.page-actions a[href^="/history/"]';

const ofCenter: readonly Stop[] = [
  { title: 'tour.whereTitle', text: 'tour.where', at: ['.page-head'], needs: '.page-head' },
  {
    title: 'tour.stationsTitle',
    text: 'tour.stations',
    at: ['.section:has(> .grid-list)', '.grid-list tbody tr:has(.state-red)', '.grid-list tbody tr'],
    needs: '.grid-list tbody tr',
  },
  {
    title: 'tour.todosTitle',
    text: 'tour.todos',
    at: ['.section:has(> .todo)', '.todo > li'],
    needs: '.todo',
  },
  { title: 'tour.assignTitle', text: 'tour.assign', at: [assigning], needs: assigning },
  { title: 'tour.undoTitle', text: 'tour.undo', needs: assigning },
  { title: 'tour.historyTitle', text: 'tour.history', at: [history], needs: history },
];

const pageOfCenter = /^\/centers\/([^/]+)$/;
/** What is pointed at leaves room for the words about it. */
const highest = 0.55;

function centerLinkOf(
  content: Element,
): { readonly selector: string; readonly centerId: string; readonly name: string } | undefined {
  for (const link of content.querySelectorAll('a[href^="/centers/"]')) {
    const href = link.getAttribute('href') ?? '';
    const centerId = pageOfCenter.exec(href)?.[1];
    if (centerId) return { selector: `a[href="${CSS.escape(href)}"]`, centerId, name: link.textContent };
  }
  return undefined;
}

/**
 * @returns what there is to see on the page that is shown; undefined while the page is still being read
 */
export function stopsOf(content: Element, path: string): readonly Stop[] | undefined {
  if (!content.querySelector('h1') || content.querySelector('.quiet-note[role=status]')) return undefined;
  if (pageOfCenter.test(path)) {
    const here = ofCenter.filter(({ needs }) => needs === undefined || content.querySelector(needs));
    if (here.length > 0) return here;
  }
  const link = centerLinkOf(content);
  if (link) {
    const { selector, centerId, name } = link;
    return [{ title: 'tour.chooseTitle', text: 'tour.choose', at: [selector], onward: { to: 'center', centerId, name } }];
  }
  if (path !== '/') return [{ title: 'tour.chooseTitle', text: 'tour.elsewhere', onward: { to: 'centers' } }];
  return content.querySelector('.grid-list')
    ? [{ title: 'tour.chooseTitle', text: 'tour.deeper', at: ['.grid-list', '.grid-list tbody tr'] }]
    : [{ title: 'tour.chooseTitle', text: 'tour.noCenter' }];
}

/** The largest of what a stop points at that leaves room for its words. */
export function pointedAt(content: Element, selectors: readonly string[]): HTMLElement | null {
  const found = selectors.map(selector => content.querySelector<HTMLElement>(selector)).filter(element => element !== null);
  return found.find(element => element.offsetHeight <= innerHeight * highest) ?? found.at(-1) ?? null;
}

/** Pixels at the top and the bottom of the window that the frame of the console covers. */
const covered = 60;

/** Brings what is pointed at out from under the frame, which lies above the page. */
export function bringIntoSight(element: Element): void {
  const { top, bottom } = element.getBoundingClientRect();
  if (top < covered || bottom > innerHeight - covered) element.scrollIntoView({ block: 'center' });
}
