import type { Metadata } from 'next';
import { Suspense } from 'react';
import { PoolPage } from '../../../pools/detail/pool-page.tsx';
import { poolNamed } from '../../../pools/paths.ts';

type Props = { params: Promise<{ name: string }> };

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: poolNamed((await params).name) };
}

export default async function Page({ params }: Props) {
  return (
    <Suspense>
      <PoolPage name={poolNamed((await params).name)} />
    </Suspense>
  );
}
