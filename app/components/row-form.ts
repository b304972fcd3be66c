import { useSyncExternalStore } from 'react';

/**
 * How the rows of a virtual list are: all of one height (33 px, 44 for fingers, as the tokens have it), or, where the page is
 * narrow, blocks that are as high as what they hold.
 */
export const useRowForm = (): RowForm => useSyncExternalStore(listen, formNow, () => wide);

export interface RowForm {
  readonly blocks: boolean;
  /** of each row; of a block about so high */
  readonly height: number;
}

const COARSE = '(pointer: coarse)';
/** as the variant `narrow` in globals.css */
const NARROW = '(width < 45rem)';
const wide: RowForm = { blocks: false, height: 33 };
const touched: RowForm = { blocks: false, height: 44 };
const blocks: RowForm = { blocks: true, height: 140 };

function listen(listener: () => void): () => void {
  const queries = [COARSE, NARROW].map((query) => window.matchMedia(query));
  for (const query of queries) query.addEventListener('change', listener);
  return () => {
    for (const query of queries) query.removeEventListener('change', listener);
  };
}

function formNow(): RowForm {
  if (window.matchMedia(NARROW).matches) return blocks;
  return window.matchMedia(COARSE).matches ? touched : wide;
}
