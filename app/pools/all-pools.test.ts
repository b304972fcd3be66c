import { QueryClient, QueryObserver } from '@tanstack/react-query';
import { expect, it } from 'vitest';
import { askAgain } from '../trpc/ask-again.ts';
import { allPoolsQuery, type ListPage } from './all-pools.ts';
import { listedPool } from './fixtures/listed-pool.ts';

const pool = (name: string) => listedPool(name, { cidr: '10.0.0.0/24' });

/** A list of so many pages, one pool each, and what was shown of it. `pages` may grow. */
function observed(pages: number, onPage: (client: QueryClient) => void = () => undefined) {
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  const server = { pages, reads: 0, fails: -1 };
  const list: ListPage = async ({ cursor }) => {
    const at = Number(cursor ?? 0);
    if (at === 0) server.reads++;
    if (at === server.fails) throw new Error('no answer');
    onPage(client);
    return { pools: [pool(`pool-${at}`)], total: server.pages, nextCursor: at + 1 < server.pages ? `${at + 1}` : null };
  };
  const observer = new QueryObserver(client, allPoolsQuery(list));
  const shown: string[] = [];
  const close = observer.subscribe(({ data }) => {
    const said = `${data?.pools.length ?? 'none'} of ${data?.total ?? '?'}${data?.complete ? '' : '…'}`;
    if (shown.at(-1) !== said) shown.push(said);
  });
  const idle = () => expect.poll(() => observer.getCurrentResult().fetchStatus).toBe('idle');
  const end = () => {
    close();
    client.clear();
  };
  return { client, server, observer, shown, idle, end };
}

it('each page is shown as it comes; read again, none is missing meanwhile', async () => {
  const { client, server, shown, idle, end } = observed(3);
  await idle();
  expect(shown).toEqual(['none of ?…', '1 of 3…', '2 of 3…', '3 of 3']);
  server.pages = 5;
  await client.invalidateQueries();
  expect(shown.slice(4)).toEqual(['5 of 5']);
  end();
});

it('the last page comes, also while something moves with every page', async () => {
  let moves = 100;
  const { shown, idle, end } = observed(4, (client) => {
    if (moves-- > 0) askAgain(client, () => true);
  });
  await idle();
  expect(shown).toEqual(['none of ?…', '1 of 4…', '2 of 4…', '3 of 4…', '4 of 4']);
  end();
});

it('what stopped half-way is taken up without taking away what is shown', async () => {
  const { client, server, observer, shown, idle, end } = observed(3);
  server.fails = 2;
  await idle();
  expect(observer.getCurrentResult().error?.message).toBe('no answer');
  server.fails = -1;
  await client.invalidateQueries();
  expect(shown).toEqual(['none of ?…', '1 of 3…', '2 of 3…', '3 of 3']);
  expect(observer.getCurrentResult().error).toBeNull();
  end();
});
