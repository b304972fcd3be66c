/** The one way to data: tRPC over HTTP, and one SSE stream that says when to ask again. */
import { QueryClient } from '@tanstack/react-query';
import {
  createTRPCClient,
  httpBatchLink,
  httpLink,
  httpSubscriptionLink,
  splitLink,
  TRPCClientError,
} from '@trpc/client';
import type { inferRouterInputs, inferRouterOutputs } from '@trpc/server';
import { createTRPCContext } from '@trpc/tanstack-react-query';
import type { AppRouter } from '../../server/trpc/router.ts';
import { isTooLong, LONGEST_ADDRESS } from './too-long.ts';

export type Inputs = inferRouterInputs<AppRouter>;
export type Outputs = inferRouterOutputs<AppRouter>;
export type ApiError = TRPCClientError<AppRouter>;

export const { TRPCProvider, useTRPC, useTRPCClient } = createTRPCContext<AppRouter>();

const url = '/api/trpc';

/** These ask the cluster itself. In one request with others, all of those would wait for as long as it does not answer. */
const alone: ReadonlySet<string> = new Set([
  'cluster.addressesInUse',
  'cluster.rights',
  'pools.preview',
  'pools.previewDelete',
  'pools.previewImport',
]);

export function makeClient() {
  return createTRPCClient<AppRouter>({
    links: [
      splitLink({
        condition: (operation) => operation.type === 'subscription',
        true: httpSubscriptionLink({ url }),
        false: splitLink({
          condition: ({ type, input }) => type === 'query' && isTooLong(input),
          true: httpLink({ url, methodOverride: 'POST' }),
          false: splitLink({
            condition: ({ path }) => alone.has(path),
            true: httpLink({ url }),
            false: httpBatchLink({ url, maxURLLength: LONGEST_ADDRESS }),
          }),
        }),
      }),
    ],
  });
}

/** Data is refreshed by the live stream; every 10 s it is asked for anyway (see live.tsx), so nothing is stale for long. */
export function makeQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 5_000,
        refetchInterval: 10_000,
        refetchOnWindowFocus: true,
        retry: (count, error) => !isApiError(error) && count < 2,
      },
      mutations: { retry: false },
    },
  });
}

/** True for an answer of our server that says no; false when the server could not be reached at all. */
export const isApiError = (error: unknown): error is ApiError =>
  error instanceof TRPCClientError && error.data !== undefined && error.data !== null;
