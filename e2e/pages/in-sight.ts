import { expect, type Page } from '@playwright/test';

/** Neither the page nor a table in it scrolls sideways, and nothing that is to be used stands outside the window. */
export async function expectAllInSight(page: Page): Promise<void> {
  await expect
    .poll(() =>
      page.evaluate(() => {
        const wide = [
          document.documentElement,
          ...document.querySelectorAll('[role=table], section:has(> [role=table])'),
        ]
          .filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth + 1)
          .map(
            (element) => `${element.getAttribute('aria-label') ?? element.tagName} is ${element.scrollWidth} px wide`,
          );
        const outside = [...document.querySelectorAll('[role=table] :is(button, a, select, input)')]
          .filter((element) => element.getBoundingClientRect().right > window.innerWidth)
          .map((element) => `${element.textContent} stands outside`);
        return [...wide, ...outside];
      }),
    )
    .toEqual([]);
}

/** Tab by tab to the end of the page: what is focused stands between the bars that do not scroll. */
export async function expectFocusInSight(page: Page): Promise<void> {
  const covered: string[] = [];
  await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
  for (let stops = 0; stops < 200; stops++) {
    await page.keyboard.press('Tab');
    const focused = await page.evaluate(() => {
      const element = document.activeElement;
      if (element === null || element === document.body) return null;
      const { left, top, width, height } = element.getBoundingClientRect();
      const seen = document.elementFromPoint(left + Math.min(width / 2, 40), top + Math.min(height / 2, 40));
      const inSight = seen !== null && (element.contains(seen) || seen.contains(element));
      return { name: element.getAttribute('aria-label') ?? element.textContent, inSight };
    });
    if (focused === null) break;
    if (!focused.inSight) covered.push(`${focused.name}`);
  }
  expect(covered).toEqual([]);
}
