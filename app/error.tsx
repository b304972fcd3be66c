'use client';
import { Button } from './components/button.tsx';

/** A page that failed to draw: say so, offer to draw it again; the details are in the browser's console. */
export default function ErrorPage({ reset }: { error: Error; reset: () => void }) {
  return (
    <main className="mx-auto flex max-w-xl flex-col items-start gap-3 p-10">
      <h1 className="text-lg font-semibold text-ink-1">This page failed to draw.</h1>
      <p>Nothing was changed. Draw it again; if it fails again, the browser’s console names the cause.</p>
      <Button look="primary" onClick={reset}>
        Draw the page again
      </Button>
    </main>
  );
}
