import { useHeard } from './use-heard.ts';

/** That the cluster comes later to what was just decided, as a sentence behind another; nothing where it comes at once: the page shows it. */
export function Follows() {
  return useHeard() === false && ' The cluster follows as soon as it answers.';
}
