import Link from 'next/link';

/** What was decided, in History. */
export function ChangeLink({ id }: { id: number }) {
  return (
    <Link className="machine link" href={`/history?change=${id}`}>
      change #{id}
    </Link>
  );
}
