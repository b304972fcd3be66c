import type { Metadata } from 'next';
import { Suspense } from 'react';
import { PoolsPage } from '../../pools/list/pools-page.tsx';

export const metadata: Metadata = { title: 'Pools' };

export default function Page() {
  return (
    <Suspense>
      <PoolsPage />
    </Suspense>
  );
}
