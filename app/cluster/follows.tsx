import { useHeard } from './use-heard.ts';

/** When the cluster comes to what was just decided, as a sentence behind another. */
export function Follows() {
  return useHeard() === false ? ' The cluster follows as soon as it answers.' : ' It is on its way to the cluster.';
}
