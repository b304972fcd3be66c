import type { Piece } from './answers.ts';

/** A sentence with its values in mono and its names in bold. */
export function Pieces({ pieces }: { pieces: readonly Piece[] }) {
  return pieces.map((piece, index) => {
    const key = `${index}`;
    if (typeof piece === 'string') return <span key={key}>{piece}</span>;
    if ('name' in piece)
      return (
        <b key={key} className="whitespace-nowrap">
          {piece.name}
        </b>
      );
    return (
      <span key={key} className="font-mono text-[0.92em] whitespace-nowrap text-ink-1">
        {piece.machine}
      </span>
    );
  });
}
