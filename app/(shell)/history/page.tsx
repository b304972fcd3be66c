import type { Metadata } from 'next';
import { Suspense } from 'react';
import { History } from '../../history/history.tsx';

export const metadata: Metadata = { title: 'History' };

export default function Page() {
  return (
    <Suspense>
      <History />
    </Suspense>
  );
}
