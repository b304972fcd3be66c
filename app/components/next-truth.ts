import { useKeys } from '../keys/use-keys.ts';

/** What can be reached with `t`: spread on the element that shows one truth. */
export const truthStop = { 'data-truth': '', tabIndex: -1 } as const;

/** `t` goes from truth to truth on a page that shows any, in their order, and from the last to the first. */
export function useNextTruth(): void {
  useKeys('Truths', [{ keys: 't', label: 'Next truth', run: focusNextTruth }]);
}

function focusNextTruth(): void {
  const truths = [...document.querySelectorAll<HTMLElement>('main [data-truth]')];
  const at = truths.findIndex((each) => each.contains(document.activeElement));
  truths[(at + 1) % truths.length]?.focus();
}
