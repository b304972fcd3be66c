import { BOX, END, LANE, NODE, TOP } from './path-geometry.ts';
import type { Lane } from './path-lanes.ts';
import { inks, Line, Mono, Question } from './path-marks.tsx';

/** One truth's path: to the node, through NAT, over the network, and what becomes of the reply. */
export function LanePicture({ lane, id, index, from }: { lane: Lane; id: string; index: number; from: string }) {
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
