import type { Outputs } from '../trpc/client.ts';

export type ApiToken = Outputs['apiTokens']['list']['apiTokens'][number];
