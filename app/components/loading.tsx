/** Before the first answer. Nothing spins; the place is kept so that nothing jumps. */
export function Loading({ what }: { what: string }) {
  return (
    <p
      role="status"
      className="flex min-h-40 items-center justify-center rounded-lg border border-line bg-surface-1 text-ink-3"
    >
      Reading {what}…
    </p>
  );
}
