import type { Metadata } from 'next';
import { Suspense } from 'react';
import { NodePage } from '../../../nodes/node-page.tsx';

interface Props {
  params: Promise<{ name: string }>;
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: decodeURIComponent((await params).name) };
}

export default async function Page({ params }: Props) {
  const name = decodeURIComponent((await params).name);
  return (
    <Suspense>
      <NodePage name={name} />
    </Suspense>
  );
}
