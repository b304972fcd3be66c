import { useId } from 'react';
import { endText, type Lane, laneWords, type PathEnds } from './path-lanes.ts';

const LANE = 100;
const TOP = 44;
const NODE = { x: 218, width: 512 };
const BOX = { x: 486, width: 224, height: 54 };
const END = { x: 958, width: 198 };
const WIDTH = 1156;

const inks = {
  SNAT: { line: 'stroke-snat-mark', fill: 'fill-snat-mark', ground: 'fill-snat-bg', text: 'fill-snat-fg' },
  NO_SNAT: { line: 'stroke-keep-mark', fill: 'fill-keep-mark', ground: 'fill-keep-bg', text: 'fill-keep-fg' },
  INDETERMINATE: {
    line: 'stroke-unknown-mark',
    fill: 'fill-unknown-mark',
    ground: 'fill-unknown-bg',
    text: 'fill-unknown-fg',
  },
} as const;

/** Pod, node, NAT, network, destination and the way back. Its twin in words stands below it. */
export function PathPicture({
  lanes,
  ends,
  pod,
  node,
  nodeAddress,
  proto,
}: {
  lanes: readonly Lane[];
  ends: PathEnds;
  pod: string | null;
  node: string | null;
  /** what the node is known by on its out-interface: "up0 192.0.2.11" */
  nodeAddress: string | null;
  proto: string;
}) {
  const id = useId();
  const height = TOP + lanes.length * LANE;
  const words = lanes.map((lane) => `${lane.label}: ${laneWords(lane, ends, node).join(' ')}`);
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <section aria-label="Path picture" tabIndex={0} className="overflow-x-auto -outline-offset-2">
        <svg
          viewBox={`0 0 ${WIDTH} ${height}`}
          role="img"
          aria-labelledby={`${id}t`}
          aria-describedby={`${id}d`}
          className="w-full min-w-[56rem]"
        >
          <title id={`${id}t`}>
            {lanes.length === 1 ? 'The path of the connection' : `${lanes.length} paths for one connection`}
          </title>
          <desc id={`${id}d`}>{words.join(' ')}</desc>
          <Patterns id={id} />
          <rect
            x={NODE.x}
            y={6}
            width={NODE.width}
            height={height - 12}
            rx={9}
            className="fill-surface-2 stroke-line"
          />
          <text x={NODE.x + 14} y={26} className="fill-ink-3 text-[11px]">
            Node
            <tspan dx={8} className="fill-ink-1 text-[12px] font-[550]">
              {node ?? 'not known'}
            </tspan>
          </text>
          {nodeAddress !== null && (
            <Mono x={NODE.x + NODE.width - 14} y={26} anchor="end" room={300}>
              {nodeAddress}
            </Mono>
          )}
          <text x={(NODE.x + NODE.width + END.x) / 2} y={26} textAnchor="middle" className="fill-ink-3 text-[11px]">
            Network
          </text>
          <End x={1} title="Pod" name={pod} address={endText(ends.from, ends.sport)} height={height} />
          <End x={END.x} title="Destination" name={proto} address={endText(ends.to, ends.port)} height={height} />
          {lanes.map((lane, index) => (
            <LanePicture key={lane.label} lane={lane} id={id} index={index} from={ends.from} />
          ))}
        </svg>
      </section>
      <details className="mt-2 text-xs">
        <summary className="w-fit rounded-sm text-ink-3 hover:text-ink-1">The path in words</summary>
        {lanes.map((lane) => (
          <div key={lane.label} className="mt-1.5">
            {lanes.length > 1 && <p className="font-[550] text-ink-1">{lane.label}</p>}
            <ol className="list-decimal pl-5 text-ink-2">
              {laneWords(lane, ends, node).map((sentence) => (
                <li key={sentence}>{sentence}</li>
              ))}
            </ol>
          </div>
        ))}
      </details>
    </>
  );
}

function LanePicture({ lane, id, index, from }: { lane: Lane; id: string; index: number; from: string }) {
  const y = TOP + index * LANE;
  const ink = inks[lane.verdict];
  const request = y + 34;
  const reply = y + 58;
  const left = (END.x - 757 + NODE.x) / 2 + 132;
  const middle = (NODE.x + NODE.width + END.x) / 2;
  return (
    <g>
      {index > 0 && (
        <path d={`M${NODE.x + 4} ${y - 13}H${NODE.x + NODE.width - 4}`} strokeDasharray="2 3" className="stroke-line" />
      )}
      <text x={NODE.x + 14} y={y + 8} className="fill-ink-1 text-[11.5px] font-[550]">
        {lane.label}
        {lane.disagrees && (
          <tspan dx={8} className="fill-drifted-fg">
            {lane.verdict === 'INDETERMINATE' ? 'not known' : 'disagrees'}
          </tspan>
        )}
      </text>
      <Line from={200} to={BOX.x - 6} y={request} ink={ink} />
      <Mono x={left} y={request - 7}>{`from ${from}`}</Mono>
      <rect
        x={BOX.x}
        y={y + 14}
        width={BOX.width}
        height={BOX.height}
        rx={7}
        strokeWidth={1.25}
        strokeDasharray={lane.verdict === 'INDETERMINATE' ? '4 3' : undefined}
        className={`${ink.ground} ${ink.line}`}
      />
      <rect x={BOX.x + 1.5} y={y + 17} width={11} height={BOX.height - 6} rx={3} fill={`url(#${id}${lane.verdict})`} />
      <text x={BOX.x + 22} y={y + 36} className={`${ink.text} text-[12.5px] font-[550]`}>
        {lane.title}
      </text>
      <Mono x={BOX.x + 22} y={y + 55} anchor="start" ink="fill-ink-1" room={BOX.width - 30}>
        {lane.detail}
      </Mono>
      {lane.onWire && (
        <>
          <Line from={BOX.x + BOX.width + 2} to={END.x - 4} y={request} ink={ink} />
          <Mono x={middle} y={request - 7} room={216}>{`from ${lane.seen}`}</Mono>
        </>
      )}
      {lane.reply === 'restored' && (
        <>
          <Line from={END.x - 4} to={BOX.x + BOX.width + 4} y={reply} ink={ink} dashed />
          <Mono x={middle} y={reply + 16} room={216}>{`reply to ${lane.seen}`}</Mono>
          <Line from={BOX.x - 4} to={202} y={reply} ink={ink} dashed />
          <Mono x={left} y={reply + 16}>{`conntrack restores ${from}`}</Mono>
        </>
      )}
      {lane.reply === 'needs-route' && (
        <>
          <path
            d={`M${END.x - 4} ${reply}H${NODE.x + NODE.width + 28}`}
            strokeDasharray="5 4"
            strokeWidth={1.75}
            className="fill-none stroke-ink-3"
          />
          <Question x={NODE.x + NODE.width + 18} y={reply} />
          <Mono x={middle + 8} y={reply + 16} room={200}>{`reply to ${from}`}</Mono>
          <text x={middle + 8} y={reply + 31} textAnchor="middle" className="fill-unknown-fg text-[11px]">
            needs a route to the node
          </text>
        </>
      )}
      {lane.reply === 'unknown' && <Question x={NODE.x + NODE.width + 18} y={request} />}
      {lane.reply === 'none' && (
        <text x={middle} y={request} textAnchor="middle" className="fill-ink-3 text-[11px]">
          never leaves the node
        </text>
      )}
    </g>
  );
}

function End({
  x,
  title,
  name,
  address,
  height,
}: {
  x: number;
  title: string;
  name: string | null;
  address: string;
  height: number;
}) {
  const box = { y: TOP + 6, height: height - TOP - 20 };
  return (
    <g>
      <rect
        x={x}
        y={box.y}
        width={END.width - 1}
        height={box.height}
        rx={7}
        className="fill-surface-1 stroke-line-control"
      />
      <text x={x + 12} y={box.y + 20} className="fill-ink-3 text-[11px]">
        {title}
      </text>
      <Mono x={x + 12} y={box.y + 40} anchor="start" ink="fill-ink-1" room={END.width - 24} size={12.5}>
        {address}
      </Mono>
      {name !== null && (
        <text x={x + 12} y={box.y + 57} className="fill-ink-2 text-[11.5px]">
          {name}
        </text>
      )}
    </g>
  );
}

/** Machine text on the picture: shrinks rather than breaks when an address is long. */
function Mono({
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

function Line({
  from,
  to,
  y,
  ink,
  dashed,
}: {
  from: number;
  to: number;
  y: number;
  ink: (typeof inks)['SNAT' | 'NO_SNAT' | 'INDETERMINATE'];
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

function Question({ x, y }: { x: number; y: number }) {
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
function Patterns({ id }: { id: string }) {
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
