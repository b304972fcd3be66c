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
