/**
 * Writes to the cluster that may be carried out late: those of which no answer came, and those of a leader before, which may have stalled
 * within one. The cluster refuses such a write where the object has moved since. Where nothing that is decided now moves it, it is moved on
 * purpose (`HoldsOff`).
 */
import { isRefusal, KubeError } from '../kube/kube-error.ts';

export interface LateWrites {
  /**
   * Sends it. `on`: the resourceVersion that it is decided on; null: of no object. What the cluster refuses is not carried out, which says
   * nothing of one that was sent before.
   */
  sending<T>(name: string, on: string | null, send: () => Promise<T>): Promise<T>;
  /** The cluster took what was sent last, or this leader held off what was sent before: that does not fit the object any more. */
  settled(name: string): void;
  /** Whether one may be carried out yet on this resourceVersion. */
  mayCome(name: string, resourceVersion: string): boolean;
}

/** Of one term of the controller, and one type of objects. */
export function lateWrites(): LateWrites {
  const known = new Set<string>();
  const sent = new Map<string, string | null>();
  return {
    async sending(name, on, send) {
      const isSecond = sent.get(name) === on;
      sent.set(name, on);
      try {
        return await send();
      } catch (error) {
        if (!isSecond && error instanceof KubeError && isRefusal(error)) sent.delete(name);
        throw error;
      }
    },
    settled(name) {
      sent.delete(name);
      known.add(name);
    },
    mayCome: (name, resourceVersion) => (sent.has(name) ? sent.get(name) === resourceVersion : !known.has(name)),
  };
}
