import Link from 'next/link';

export default function NotFound() {
  return (
    <main className="mx-auto flex max-w-xl flex-col gap-3 p-10">
      <h1 className="text-lg font-semibold text-ink-1">There is no page at this address.</h1>
      <p>
        Check the link, or go to the{' '}
        <Link href="/" className="link">
          overview
        </Link>
        .
      </p>
    </main>
  );
}
