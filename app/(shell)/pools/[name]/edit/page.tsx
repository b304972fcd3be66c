import type { Metadata } from 'next';
import { EditPoolPage } from '../../../../pools/edit/edit-page.tsx';
import { poolNamed } from '../../../../pools/paths.ts';

type Props = { params: Promise<{ name: string }> };

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: `Edit ${poolNamed((await params).name)}` };
}

export default async function Page({ params }: Props) {
  return <EditPoolPage name={poolNamed((await params).name)} />;
}
