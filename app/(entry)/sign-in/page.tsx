import type { Metadata } from 'next';
import { Suspense } from 'react';
import { SignInForm } from '../../entry/sign-in-form.tsx';

export const metadata: Metadata = { title: 'Sign in' };

export default function Page() {
  return (
    <Suspense>
      <SignInForm />
    </Suspense>
  );
}
