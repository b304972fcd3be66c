import type { Metadata } from 'next';
import { Suspense } from 'react';
import { Nodes } from '../../nodes/nodes.tsx';

export const metadata: Metadata = { title: 'Nodes' };

export default function Page() {
  return (
    <Suspense>
      <Nodes />
    </Suspense>
  );
}
