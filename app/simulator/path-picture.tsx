import { useId } from 'react';
import { ScrollRegion } from '../components/scroll-region.tsx';
import { END, LANE, NODE, TOP, WIDTH } from './path-geometry.ts';
import { LanePicture } from './path-lane.tsx';
import { endText, type Lane, laneWords, type PathEnds } from './path-lanes.ts';
import { Mono, Patterns } from './path-marks.tsx';

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
      <ScrollRegion label="Path picture" className="overflow-x-auto -outline-offset-2">
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
      </ScrollRegion>
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
