import { QueryClient, QueryObserver } from '@tanstack/react-query';
import { expect, it } from 'vitest';
import { askAgain } from './ask-again.ts';

it('what is being answered is shown, and asked once more, however often it is touched meanwhile', async () => {
  const client = new QueryClient();
  const answers: ((told: string) => void)[] = [];
  const queryFn = () => new Promise<string>((resolve) => answers.push(resolve));
  const observer = new QueryObserver(client, { queryKey: [['pools', 'list']], queryFn });
  const close = observer.subscribe(() => undefined);
  answers[0]?.('first');
  await expect.poll(() => observer.getCurrentResult().data).toBe('first');
  for (let i = 0; i < 5; i++) askAgain(client, () => true);
  await expect.poll(() => answers.length).toBe(2);
  answers[1]?.('second');
  await expect.poll(() => observer.getCurrentResult().data).toBe('second');
  await expect.poll(() => answers.length).toBe(3);
  answers[2]?.('third');
  await expect.poll(() => observer.getCurrentResult().data).toBe('third');
  await expect.poll(() => observer.getCurrentResult().fetchStatus).toBe('idle');
  expect(answers).toHaveLength(3);
  close();
  client.clear();
});

it('what fails to be answered is asked once more, too', async () => {
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  const asked: { tell: (told: string) => void; fail: (error: Error) => void }[] = [];
  const queryFn = () => new Promise<string>((tell, fail) => asked.push({ tell, fail }));
  const observer = new QueryObserver(client, { queryKey: [['pools', 'list']], queryFn });
  const close = observer.subscribe(() => undefined);
  asked[0]?.tell('first');
  await expect.poll(() => observer.getCurrentResult().data).toBe('first');
  askAgain(client, () => true);
  askAgain(client, () => true);
  await expect.poll(() => asked.length).toBe(2);
  asked[1]?.fail(new Error('no answer'));
  await expect.poll(() => asked.length).toBe(3);
  asked[2]?.tell('third');
  await expect.poll(() => observer.getCurrentResult().data).toBe('third');
  expect(asked).toHaveLength(3);
  close();
  client.clear();
});
