/** The marks of the path picture: machine text, arrows, the question mark and the verdicts' patterns. */
/** The colours of each verdict in a picture. */
export const inks = {
  SNAT: { line: 'stroke-snat-mark', fill: 'fill-snat-mark', ground: 'fill-snat-bg', text: 'fill-snat-fg' },
  NO_SNAT: { line: 'stroke-keep-mark', fill: 'fill-keep-mark', ground: 'fill-keep-bg', text: 'fill-keep-fg' },
  INDETERMINATE: {
    line: 'stroke-unknown-mark',
    fill: 'fill-unknown-mark',
    ground: 'fill-unknown-bg',
    text: 'fill-unknown-fg',
  },
} as const;
export type Ink = (typeof inks)[keyof typeof inks];

/** Machine text on the picture: shrinks rather than breaks when an address is long. */
export function Mono({
  x,
  y,
  anchor = 'middle',
  ink = 'fill-ink-2',
  room = 260,
  size = 11,
  children,
}: {
  x: number;
  y: number;
  anchor?: 'start' | 'middle' | 'end';
  ink?: string;
  room?: number;
  size?: number;
  children: string;
}) {
  return (
    <text
      x={x}
      y={y}
      textAnchor={anchor}
      fontSize={Math.max(7, Math.min(size, room / (children.length * 0.6)))}
      className={`font-mono ${ink}`}
    >
      {children}
    </text>
  );
}

export function Line({
  from,
  to,
  y,
  ink,
  dashed,
}: {
  from: number;
  to: number;
  y: number;
  ink: Ink;
  dashed?: boolean;
}) {
  const back = to < from;
  const tip = back ? to + 9 : to - 9;
  return (
    <>
      <path
        d={`M${from} ${y}H${tip}`}
        strokeWidth={1.75}
        strokeDasharray={dashed ? '5 4' : undefined}
        className={`fill-none ${ink.line}`}
      />
      <path d={`M${to} ${y}l${back ? 10 : -10} -4.5v9z`} className={ink.fill} />
    </>
  );
}

export function Question({ x, y }: { x: number; y: number }) {
  return (
    <>
      <circle cx={x} cy={y} r={9} strokeDasharray="2 2" className="fill-unknown-bg stroke-unknown-mark" />
      <text x={x} y={y + 4} textAnchor="middle" className="fill-unknown-fg text-[11px] font-semibold">
        ?
      </text>
    </>
  );
}

/** The patterns of the verdicts, with the geometry of the CSS ones. */
export function Patterns({ id }: { id: string }) {
  return (
    <defs>
      <pattern id={`${id}SNAT`} width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(-45)">
        <rect width="5" height="5" className="fill-snat-bg" />
        <rect width="5" height="1.25" className="fill-snat-mark" />
      </pattern>
      <pattern id={`${id}NO_SNAT`} width="5" height="5" patternUnits="userSpaceOnUse">
        <rect width="5" height="5" className="fill-keep-bg" />
        <circle cx="2.5" cy="2.5" r="1.15" className="fill-keep-mark" />
      </pattern>
      <pattern id={`${id}INDETERMINATE`} width="6" height="6" patternUnits="userSpaceOnUse">
        <rect width="6" height="6" className="fill-unknown-bg" />
        <path d="M0 0 6 6M6 0 0 6" strokeWidth=".8" className="stroke-unknown-mark" />
      </pattern>
    </defs>
  );
}
