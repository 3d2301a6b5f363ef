import { useEffect } from 'react';

const field = 'form :is(input, textarea, button):not(:disabled)';
const resting = 'li, tr, section, [role=dialog], main';

const isThere = (element: Element) => element.isConnected && !element.matches(':disabled');

function wayUpFrom(element: Element): readonly Element[] {
  const way: Element[] = [];
  for (let one: Element | null = element; one; one = one.parentElement) way.push(one);
  return way;
}

/** Gives the focus to what takes none by itself, as long as it stays there. */
function rest(at: HTMLElement): void {
  if (!at.hasAttribute('tabindex')) {
    at.tabIndex = -1;
    at.addEventListener('blur', () => at.removeAttribute('tabindex'), { once: true });
  }
  at.focus({ preventScroll: true });
}

/**
 * Whoever goes by keyboard stays where they were when what had the focus goes away or may not be used for a while:
 * in its line, its section, its dialog, or else at what opened that; a browser would begin again at the top.
 */
export function useKeptFocus(): void {
  useEffect(() => {
    let way: readonly Element[] = [];
    /** The last one on the page itself: what opened a menu, a dialog or a drawer over it. */
    let onPage: readonly Element[] = [];
    let instead: Element | undefined;
    const remember = ({ target }: FocusEvent) => {
      if (target === instead || !(target instanceof Element)) return;
      if (target.closest('#console')) onPage = wayUpFrom(target);
      // A menu that closes gives the focus back to its button, also when it has opened a dialog over it.
      const dialog = [...document.querySelectorAll('.ant-modal-root [role=dialog]')].at(-1);
      if (dialog && target.closest('#console')) return dialog.querySelector<HTMLElement>(field)?.focus();
      instead = undefined;
      way = wayUpFrom(target);
    };
    const keep = () => {
      const [last] = way;
      const at = document.activeElement;
      if (!(last instanceof HTMLElement)) return;
      if (isThere(last)) {
        if (at !== null && at === instead) last.focus();
        return;
      }
      if (at && at !== document.body && isThere(at)) return;
      const isRest = (one: Element) => one.isConnected && one.matches(resting);
      const [opener] = onPage;
      const near = way.find(isRest);
      if (!near && opener instanceof HTMLElement && isThere(opener)) return opener.focus();
      const around = near ?? onPage.find(isRest) ?? document.querySelector('main');
      if (!(around instanceof HTMLElement)) return;
      instead = around;
      rest(around);
    };
    /** An open list would take Tab for a choice, again and again where several may be chosen: nobody could leave it. */
    const leaveList = (event: KeyboardEvent) => {
      if (event.key === 'Tab' && event.target instanceof Element && event.target.matches('.ant-select input'))
        event.stopPropagation();
    };
    const observer = new MutationObserver(keep);
    observer.observe(document.body, { childList: true, subtree: true, attributeFilter: ['disabled'] });
    document.addEventListener('focusin', remember);
    document.addEventListener('keydown', leaveList, true);
    return () => {
      observer.disconnect();
      document.removeEventListener('focusin', remember);
      document.removeEventListener('keydown', leaveList, true);
    };
  }, []);
}
