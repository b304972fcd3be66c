import { z } from 'zod';

const AT_ONCE = 1_000;
const MOST_TOLD = 100;

/**
 * As `z.array`, for lists that may be as long as whoever sends them likes: what is wrong is told of the first thousand items in
 * which something is. Zod tells of all of them, and of millions that takes a minute, and gigabytes.
 */
export function listOf<Item extends z.ZodType>(item: Item) {
  const some = z.array(item);
  return z.custom<readonly unknown[]>(Array.isArray, 'must be a list').transform((given, context): z.output<Item>[] => {
    const list: z.output<Item>[] = [];
    for (let from = 0; from < given.length; from += AT_ONCE) {
      const parsed = some.safeParse(given.slice(from, from + AT_ONCE));
      if (!parsed.success) {
        for (const { path, message } of parsed.error.issues.slice(0, MOST_TOLD)) {
          const [index, ...rest] = path;
          context.addIssue({ code: 'custom', path: [from + Number(index), ...rest], message });
        }
        return z.NEVER;
      }
      for (const one of parsed.data) list.push(one);
    }
    return list;
  });
}
