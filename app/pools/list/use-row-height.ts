import { useSyncExternalStore } from 'react';

/** Rows are 33 px, 44 for fingers, as the tokens have it. */
export const useRowHeight = (): number =>
  useSyncExternalStore(
    (listener) => {
      const query = window.matchMedia(COARSE);
      query.addEventListener('change', listener);
      return () => query.removeEventListener('change', listener);
    },
    () => (window.matchMedia(COARSE).matches ? 44 : 33),
    () => 33,
  );

const COARSE = '(pointer: coarse)';
