import type { Metadata } from 'next';
import { Suspense } from 'react';
import { PoolPage } from '../../../pools/detail/pool-page.tsx';

type Props = { params: Promise<{ name: string }> };

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: decodeURIComponent((await params).name) };
}

export default async function Page({ params }: Props) {
  return (
    <Suspense>
      <PoolPage name={decodeURIComponent((await params).name)} />
    </Suspense>
  );
}
