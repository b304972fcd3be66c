import type { Metadata } from 'next';
import { EditPoolPage } from '../../../../pools/edit/edit-page.tsx';

type Props = { params: Promise<{ name: string }> };

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: `Edit ${decodeURIComponent((await params).name)}` };
}

export default async function Page({ params }: Props) {
  return <EditPoolPage name={decodeURIComponent((await params).name)} />;
}
