import type { ComponentProps } from 'react';

/** A part of a page that scrolls by itself; `label` names it to whoever comes there by keyboard and does not see it. */
export function ScrollRegion({ label, ...rest }: { label: string } & ComponentProps<'section'>) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <section aria-label={label} tabIndex={0} {...rest} />
  );
}
