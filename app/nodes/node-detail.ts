import type { Outputs } from '../trpc/client.ts';

export type NodeDetail = Outputs['nodes']['get'];
export type FamilyName = '4' | '6';
