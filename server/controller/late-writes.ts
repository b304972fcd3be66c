/**
 * Writes to the cluster that may be carried out late: those of which no answer came, and those of a leader before, which may have stalled
 * within one. Such a write is refused where the object has moved since; where what it writes is no longer wanted, and nothing else is, nobody moves it.
 */
export interface LateWrites {
  /** Before it is sent. `on`: the resourceVersion that it is decided on; null: of no object. */
  sending(name: string, on: string | null): void;
  /** What was sent is not carried out: the cluster said so. */
  refused(name: string): void;
  /** The cluster took what was sent, or the object was as it is decided when this leader looked first: no write was on its way. */
  answered(name: string): void;
  /** Whether one may be carried out yet on this resourceVersion. */
  mayCome(name: string, resourceVersion: string): boolean;
}

/** Of one term of the controller, and one type of objects. */
export function lateWrites(): LateWrites {
  const settled = new Set<string>();
  const sent = new Map<string, string | null>();
  return {
    sending: (name, on) => void sent.set(name, on),
    refused: (name) => void sent.delete(name),
    answered(name) {
      sent.delete(name);
      settled.add(name);
    },
    mayCome: (name, resourceVersion) => (sent.has(name) ? sent.get(name) === resourceVersion : !settled.has(name)),
  };
}
