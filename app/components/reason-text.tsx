import Link from 'next/link';

/** A reason as written; `#12` in it leads to that change, so a revert leads to what it took back. */
export function ReasonText({ text }: { text: string }) {
  return text.split(/(#\d{1,15})(?!\w)/).map((part, index) => {
    const key = `${index}`;
    if (!/^#\d+$/.test(part)) return <span key={key}>{part}</span>;
    return (
      <Link key={key} className="link" href={`/history?change=${part.slice(1)}`}>
        {part}
      </Link>
    );
  });
}
