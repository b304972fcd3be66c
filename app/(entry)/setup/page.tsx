import type { Metadata } from 'next';
import { Suspense } from 'react';
import { SetupForm } from '../../entry/setup-form.tsx';

export const metadata: Metadata = { title: 'Setup' };

export default function Page() {
  return (
    <Suspense>
      <SetupForm />
    </Suspense>
  );
}
