import type { Query, QueryClient } from '@tanstack/react-query';

/** those that are asked once more when their answer is here */
const waiting = new WeakSet<Query>();

/**
 * Has these queries asked again. One that is being answered is asked once more afterwards: asked anew each time, it would drop
 * each answer, and show nothing new for as long as events come faster than answers.
 */
export function askAgain(client: QueryClient, touched: (query: Query) => boolean): void {
  const busy = (query: Query): boolean => query.state.fetchStatus === 'fetching' && query.state.data !== undefined;
  for (const query of client.getQueryCache().findAll({ predicate: (one) => touched(one) && busy(one) })) {
    if (waiting.has(query)) continue;
    waiting.add(query);
    const again = (): void => {
      waiting.delete(query);
      askAgain(client, (one) => one === query);
    };
    query.fetch().then(again, again);
  }
  void client.invalidateQueries({ predicate: (one) => touched(one) && !busy(one) });
}
