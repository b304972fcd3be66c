import type { Outputs } from '../../trpc/client.ts';

export type PoolDetail = Outputs['pools']['get'];
