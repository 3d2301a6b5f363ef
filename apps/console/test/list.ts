import type { Page } from 'playwright-core';

/**
 * Chooses from the list that is open, by key: one that still unfolds, fills or turns upwards is clicked beside what was meant.
 * @param option what the first one contains that is wanted
 */
export async function choose(page: Page, option: string | RegExp): Promise<void> {
  const list = page.locator('.ant-select-dropdown:not(.ant-select-dropdown-hidden)');
  await list.locator('.ant-select-item-option', { hasText: option }).first().waitFor();
  const active = list.locator('.ant-select-item-option-active');
  for (let steps = 0; (await active.filter({ hasText: option }).count()) === 0; steps += 1) {
    if (steps > 60) throw new Error(`No option ${option} is reached; at ${(await active.allInnerTexts()).join()}`);
    await page.keyboard.press('ArrowDown');
  }
  await page.keyboard.press('Enter');
}
