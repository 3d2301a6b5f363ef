import { tell } from './feedback.tsx';
import { say } from './language.ts';

const pause = () => new Promise(done => setTimeout(done, 2_000));

/** Styles that could not be read, until they are: whatever loads pages takes a style that it asked for once for read. */
const missing = new Map<HTMLLinkElement, Promise<unknown>>();

window.addEventListener(
  'error',
  ({ target: style }) => {
    if (!(style instanceof HTMLLinkElement) || style.rel !== 'stylesheet') return;
    if (!missing.has(style)) {
      const loaded = new Promise(done => style.addEventListener('load', done, { once: true }));
      missing.set(
        style,
        loaded.then(() => missing.delete(style)),
      );
    }
    // Put into the page anew, it is asked for anew.
    void pause().then(() => document.head.append(style));
  },
  true,
);

/**
 * Left to itself, the router would load the whole window anew where a page cannot be read, and with it would go what waits to be sent.
 * So it is said, and tried until it can.
 */
export const read =
  <Page>(page: () => Promise<Page>) =>
  async (): Promise<Page> => {
    for (let tries = 0; ; tries++) {
      try {
        const found = await page();
        await Promise.all(missing.values());
        return found;
      } catch {
        if (tries === 0) tell(say('shell.pageUnread'), 'error');
        await pause();
      }
    }
  };
