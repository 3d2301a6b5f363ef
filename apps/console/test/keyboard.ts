import type { Page } from 'playwright-core';
import { choose } from './list.js';

/** Where the focus is, as a screen reader calls it. */
export interface Stop {
  readonly role: string;
  readonly name: string;
}

export interface Keyboard {
  press(...keys: readonly string[]): Promise<void>;
  type(text: string): Promise<void>;
  /** Waits until the focus is there by itself. */
  isAt(role: string, name?: string | RegExp): Promise<void>;
  /** Goes on with one key until the focus is there. */
  reach(role: string, name: string | RegExp, key?: string): Promise<void>;
  /** Reaches a list that opens, narrows it down, and takes an option of it. */
  choose(list: string | RegExp, typed: string, option: string | RegExp): Promise<void>;
  /** What stood in the way of whoever looks where the focus is: one line for each stop and fault. */
  readonly barriers: Set<string>;
}

/**
 * Judges the stop at which the focus is: in sight, not covered, and looking otherwise than without the focus.
 * What has come with the focus on it was never seen without: it must have a line or a shadow around it.
 */
const judge = `(() => {
  const before = new WeakMap();
  const focusable = 'a[href], button, input, select, textarea, summary, [tabindex]';
  const control = 'label, .ant-select, .ant-picker, .ant-slider, .ant-input-affix-wrapper';
  const outlined = style => style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 1;
  const parts = element => {
    const high = Math.max(48, 1.5 * element.getBoundingClientRect().height);
    const around = [];
    for (let one = element.parentElement; one && around.length < 4 && one.getBoundingClientRect().height <= high; one = one.parentElement) around.push(one);
    return [element, element.nextElementSibling, ...around].filter(Boolean);
  };
  const styles = element => parts(element).flatMap(part => ['', '::before', '::after'].map(pseudo => getComputedStyle(part, pseudo || null)));
  const look = element => styles(element).map(style => [outlined(style) && style.outline, style.boxShadow, style.borderColor, style.backgroundColor].join()).join(';');
  let left;
  window.leavesFocus = () => {
    left = document.activeElement;
    for (const element of document.querySelectorAll(focusable)) if (element !== document.activeElement) before.set(element, look(element));
  };
  // A menu moves the focus some frames after the key; whoever goes on before has pressed one key more than seen.
  const frame = () => new Promise(resolve => requestAnimationFrame(resolve));
  window.focusArrives = async (latest, frames) => {
    for (const since = Date.now(); document.activeElement === left && Date.now() - since < latest; ) await frame();
    for (let at, same = 0; same < frames; same += 1) {
      await frame();
      if (document.activeElement !== at) same = 0;
      at = document.activeElement;
    }
  };
  window.judgesFocus = () => {
    const at = document.activeElement;
    if (!at || at === document.body) return 'no focus';
    if (at.matches('main, [role=dialog], section')) return '';
    let box = at;
    while (box.getBoundingClientRect().width < 8 || box.getBoundingClientRect().height < 8) box = box.parentElement;
    const { left, top, width, height } = box.getClientRects()[0];
    const [x, y] = [left + width / 2, top + height / 2];
    const hit = document.elementFromPoint(x, y);
    if (!hit) return 'out of sight';
    if (!box.contains(hit) && !hit.contains(at) && !at.closest(control)?.contains(hit)) return 'covered by ' + hit.outerHTML.slice(0, 120);
    const seen = before.get(at);
    const shows = seen === undefined ? styles(at).some(style => outlined(style) || style.boxShadow !== 'none') : look(at) !== seen;
    return shows ? '' : 'no sign of the focus';
  };
})()`;

const settling = 1_500;
/** For how many frames the focus stays before it counts as arrived: a menu that opens takes it after three. */
const framesToRest = 4;

export async function keyboardOf(page: Page, patience: number): Promise<Keyboard> {
  // How things look is compared as soon as they are there, not while they are still on their way.
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await page.addInitScript({ content: judge });
  await page.evaluate(judge);
  const inspector = await page.context().newCDPSession(page);
  const barriers = new Set<string>();

  const here = async (): Promise<Stop> => {
    const { result } = await inspector.send('Runtime.evaluate', { expression: 'document.activeElement' });
    const { nodes } = await inspector.send('Accessibility.getPartialAXTree', {
      objectId: result.objectId!,
      fetchRelatives: false,
    });
    return { role: String(nodes[0]?.role?.value ?? ''), name: String(nodes[0]?.name?.value ?? '') };
  };
  const is = (stop: Stop, role: string, name: string | RegExp) =>
    stop.role === role && (typeof name === 'string' ? stop.name === name : name.test(stop.name));
  const judged = async (): Promise<Stop> => {
    let fault = await page.evaluate<string>('judgesFocus()');
    for (const since = Date.now(); fault && Date.now() - since < settling; fault = await page.evaluate<string>('judgesFocus()'))
      await page.waitForTimeout(100);
    const stop = await here();
    if (fault && fault !== 'no focus') barriers.add(`${new URL(page.url()).pathname}: ${stop.role} “${stop.name}” ${fault}`);
    return stop;
  };
  const step = async (key: string): Promise<Stop> => {
    await page.evaluate('leavesFocus()');
    await page.keyboard.press(key);
    await page.evaluate(`focusArrives(${settling}, ${framesToRest})`);
    return judged();
  };

  const keyboard: Keyboard = {
    barriers,
    async press(...keys) {
      for (const key of keys) await page.keyboard.press(key);
    },
    type: text => page.keyboard.type(text),
    async isAt(role, name = /^/) {
      let stop = await here();
      for (const since = Date.now(); !is(stop, role, name) && Date.now() - since < patience / 4; stop = await here())
        await page.waitForTimeout(100);
      if (!is(stop, role, name)) throw new Error(`The focus is not at ${role} ${name} but at ${stop.role} “${stop.name}”`);
      await judged();
    },
    async reach(role, name, key = 'Tab') {
      const passed: string[] = [];
      for (let stop = await here(); !is(stop, role, name); stop = await step(key)) {
        passed.push(`${stop.role} “${stop.name}”`);
        if (passed.length > 120) throw new Error(`${role} ${name} is not reached; passed:\n${passed.join('\n')}`);
      }
    },
    async choose(list, typed, option) {
      await keyboard.reach('combobox', list);
      await page.keyboard.type(typed);
      if (typed === '') await page.keyboard.press('ArrowDown');
      await choose(page, option);
    },
  };
  return keyboard;
}
