/** The answer to an apply and the event of it hold the same object: whichever comes second is not read again. */
import { fieldsOf } from '../../core/calico/object.ts';

/** So many are remembered: as many as are applied at a time, and some that are told late. */
const MOST = 256;

/** Objects of one uid and resource version are one; `read` makes of them what is immutable. */
export function readOnce<T extends object>(read: (object: unknown) => T | null): (object: unknown) => T | null {
  const known = new Map<string, T>();
  return (object) => {
    const { uid, resourceVersion } = fieldsOf(fieldsOf(object)['metadata']);
    const identity = `${uid} ${resourceVersion}`;
    const before = known.get(identity);
    if (before !== undefined) {
      // there is no third
      known.delete(identity);
      return before;
    }
    const made = read(object);
    if (made === null) return null;
    known.set(identity, made);
    const [oldest] = known.keys();
    if (known.size > MOST && oldest !== undefined) known.delete(oldest);
    return made;
  };
}
