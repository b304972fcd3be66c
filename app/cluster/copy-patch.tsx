import { CopyButton } from '../components/copy-button.tsx';

/** Copies what is to be written where a pool of others comes from; beside it stands what cannot be said there. No patch: no button. */
export function CopyPatch({
  patch,
  source,
  look = 'ghost',
}: {
  patch: { text: string; without: readonly string[] } | null;
  source: string;
  look?: 'plain' | 'ghost';
}) {
  if (patch === null) return null;
  const { text, without } = patch;
  return (
    <span className="inline-flex flex-wrap items-center justify-end gap-x-2">
      {without.length > 0 && <span className="text-xs text-ink-3 wrap-anywhere">without {without.join(', ')}</span>}
      <CopyButton look={look} text={text} title={`For ${source}`}>
        Copy patch
      </CopyButton>
    </span>
  );
}
