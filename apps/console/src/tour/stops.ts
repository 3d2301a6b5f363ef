import type { WordKey } from '../shell/language.ts';

/** Where the tour goes on when it cannot be walked here. */
export type Onward =
  | { readonly to: 'centers' }
  | { readonly to: 'center'; readonly centerId: string; readonly name: string }
  | { readonly to: 'place'; readonly divisionId: string; readonly name: string };

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
const auditing = 'nav a[href="/history"]';
const todos = ['.section:has(> .todo)', '.todo > li'];

const ofCenter: readonly Stop[] = [
  { title: 'tour.whereTitle', text: 'tour.where', at: ['.page-head'], needs: '.page-head' },
  {
    title: 'tour.stationsTitle',
    text: 'tour.stations',
    at: ['.section:has(> .grid-list)', '.grid-list tbody tr:has(.state-red)', '.grid-list tbody tr'],
    needs: '.grid-list tbody tr',
  },
  // Whoever may not act is shown no link, and where all is done there is none.
  { title: 'tour.todosTitle', text: 'tour.todos', at: todos, needs: '.todo a' },
  { title: 'tour.todosTitle', text: 'tour.todosSeen', at: todos, needs: '.todo:has(> li):not(:has(a))' },
  { title: 'tour.todosTitle', text: 'tour.todosNone', at: todos, needs: '.todo:not(:has(> li))' },
  { title: 'tour.assignTitle', text: 'tour.assign', at: [assigning], needs: assigning },
  { title: 'tour.undoTitle', text: 'tour.undo', needs: assigning },
  { title: 'tour.auditTitle', text: 'tour.audit', at: [auditing], needs: auditing },
  { title: 'tour.historyTitle', text: 'tour.history', at: [history], needs: history },
];

const pageOfPlace = /^\/places\/([^/]+)$/;
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

/** The first place below which there are centers: its row says how many. */
function placeLinkOf(
  content: Element,
): { readonly selector: string; readonly divisionId: string; readonly name: string } | undefined {
  for (const row of content.querySelectorAll('.grid-list tbody tr')) {
    const link = row.querySelector('a[href^="/places/"]');
    const href = link?.getAttribute('href') ?? '';
    const divisionId = pageOfPlace.exec(href)?.[1];
    if (link && divisionId && row.querySelector('td:nth-child(3)')?.textContent.trim() !== '0')
      return { selector: `a[href="${CSS.escape(href)}"]`, divisionId, name: link.textContent };
  }
  return undefined;
}

/**
 * @returns what there is to see on the page that is shown; undefined while the page is still being read
 */
export function stopsOf(content: Element, path: string): readonly Stop[] | undefined {
  if (!content.querySelector('h1') || content.querySelector('.quiet-note[role=status]')) return undefined;
  if (pageOfCenter.test(path)) {
    const here = ofCenter.filter(({ needs }) => needs === undefined || content.ownerDocument.querySelector(needs));
    if (here.length > 0) return here;
  }
  const link = centerLinkOf(content);
  if (link) {
    const { selector, centerId, name } = link;
    return [{ title: 'tour.chooseTitle', text: 'tour.choose', at: [selector], onward: { to: 'center', centerId, name } }];
  }
  const place = path === '/' || pageOfPlace.test(path) ? placeLinkOf(content) : undefined;
  if (place) {
    const { selector, divisionId, name } = place;
    const at = [`.grid-list tbody tr:has(${selector})`, selector];
    return [{ title: 'tour.chooseTitle', text: 'tour.deeper', at, onward: { to: 'place', divisionId, name } }];
  }
  return path === '/' || pageOfPlace.test(path)
    ? [{ title: 'tour.chooseTitle', text: 'tour.noCenter' }]
    : [{ title: 'tour.chooseTitle', text: 'tour.elsewhere', onward: { to: 'centers' } }];
}

/** The largest of what a stop points at that leaves room for its words. */
export function pointedAt(content: Element, selectors: readonly string[]): HTMLElement | null {
  const found = selectors
    .map(selector => content.ownerDocument.querySelector<HTMLElement>(selector))
    .filter(element => element !== null);
  return found.find(element => element.offsetHeight <= innerHeight * highest) ?? found.at(-1) ?? null;
}

/** Pixels at the top and the bottom of the window that the frame of the console covers. */
const covered = 60;

/** Brings what is pointed at out from under the frame, which lies above the page. */
export function bringIntoSight(element: Element): void {
  if (element.closest('nav')) return;
  const { top, bottom } = element.getBoundingClientRect();
  if (top < covered || bottom > innerHeight - covered) element.scrollIntoView({ block: 'center' });
}
