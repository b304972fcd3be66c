import { QueryClient, QueryObserver } from '@tanstack/react-query';
import { expect, it, vi } from 'vitest';
import { askOnce } from './ask-once.ts';

it('a live event does not ask again, opening does', async () => {
  const client = new QueryClient();
  const queryFn = vi.fn(async () => 'told');
  const queryKey = [['cluster', 'addressesInUse']];
  const open = async () => {
    const observer = new QueryObserver(client, { queryKey, queryFn, ...askOnce });
    const close = observer.subscribe(() => undefined);
    await expect.poll(() => observer.getCurrentResult().data).toBe('told');
    return close;
  };
  const close = await open();
  await client.invalidateQueries({ predicate: () => true });
  expect(queryFn).toHaveBeenCalledTimes(1);
  close();
  await expect.poll(() => client.getQueryCache().getAll()).toEqual([]);
  (await open())();
  expect(queryFn).toHaveBeenCalledTimes(2);
});
