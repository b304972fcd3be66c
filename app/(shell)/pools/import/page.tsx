import type { Metadata } from 'next';
import { ImportPage } from '../../../pools/import/import-page.tsx';

export const metadata: Metadata = { title: 'Import' };

export default function Page() {
  return <ImportPage />;
}
