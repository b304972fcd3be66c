export const poolTabs = ['spec', 'yaml', 'changes', 'nodes'] as const;
export type PoolTab = (typeof poolTabs)[number];

export const parsePoolTab = (query: URLSearchParams): PoolTab =>
  poolTabs.find((tab) => tab === query.get('tab')) ?? 'spec';
export const buildPoolTab = (tab: PoolTab): string => (tab === 'spec' ? '' : `?tab=${tab}`);
