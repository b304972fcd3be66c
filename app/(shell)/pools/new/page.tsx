import type { Metadata } from 'next';
import { NewPoolPage } from '../../../pools/edit/edit-page.tsx';

export const metadata: Metadata = { title: 'New pool' };

export default function Page() {
  return <NewPoolPage />;
}
