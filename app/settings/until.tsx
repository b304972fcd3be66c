import { Age } from '../components/age.tsx';

/** How long a token holds, or since when it does no more. */
export function Until({
  token: { revokedAt, expiresAt },
}: {
  token: { revokedAt: string | null; expiresAt: string | null };
}) {
  if (revokedAt !== null) {
    return (
      <span className="text-ink-3">
        revoked, <Age at={revokedAt} />
      </span>
    );
  }
  if (expiresAt === null) return 'it is revoked';
  return Date.parse(expiresAt) <= Date.now() ? (
    <span className="text-ink-3">
      ended, <Age at={expiresAt} />
    </span>
  ) : (
    <span className="machine">{expiresAt.slice(0, 16).replace('T', ' ')} UTC</span>
  );
}
