import type { Metadata } from 'next';
import { Suspense } from 'react';
import { Simulator } from '../../simulator/simulator.tsx';

export const metadata: Metadata = { title: 'Simulator' };

export default function SimulatorPage() {
  return (
    <Suspense>
      <Simulator />
    </Suspense>
  );
}
