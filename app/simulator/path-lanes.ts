/** The path of a connection as data: one lane a truth that differs, for the picture and for its text twin. */
import { type Arranged, agrees, leaves, type TruthAnswer } from './answers.ts';

export interface Lane {
  label: string;
  disagrees: boolean;
  verdict: TruthAnswer['verdict'];
  /** what stands in the NAT box */
  title: string;
  detail: string;
  /** the source that the network sees; null when it is not known or nothing leaves */
  seen: string | null;
  onWire: boolean;
  /** what becomes of the reply */
  reply: 'restored' | 'needs-route' | 'unknown' | 'none';
}

export interface PathEnds {
  /** the pod's address, and its port if the question has one */
  from: string;
  sport: number | null;
  /** where the packet goes, after a service proxy */
  to: string;
  port: number | null;
}

/** At most three: desired, then what differs from it (the cluster first); truths that agree share a lane. */
export function lanesOf({ desired, live, host, nodes }: Arranged, ends: PathEnds): Lane[] {
  const programmed = [...(live === null ? [] : [live]), ...(host === null ? nodes : [host])];
  if (desired === null) return programmed.slice(0, 1).map((answer) => laneOf(labelOf([answer]), false, answer, ends));
  const groups: TruthAnswer[][] = [];
  for (const answer of programmed) {
    const group = groups.find(([first]) => first !== undefined && agrees(first, answer));
    if (group === undefined) groups.push([answer]);
    else group.push(answer);
  }
  const same = programmed.filter((answer) => agrees(desired, answer));
  // an address that desired leaves open (no node is known to host the source) is no disagreement
  const others = groups.filter(([first]) => first !== undefined && !agrees(desired, first)).slice(0, 2);
  const shown = host !== null && same.includes(host) ? host : desired;
  const together = same.length === 0 ? 'Desired' : `Desired and ${labelOf(same).replace(/^Live/, 'live')}`;
  return [
    laneOf(together, false, shown, ends),
    ...others.map((group) => laneOf(labelOf(group), true, group[0] ?? desired, ends)),
  ];
}

function labelOf(answers: readonly TruthAnswer[]): string {
  const live = answers.some(({ truth }) => truth === 'live') ? ['Live'] : [];
  const nodes = answers.filter(({ truth }) => truth === 'node');
  const [first] = nodes;
  if (first === undefined) return live.join('');
  const more = nodes.length === 1 ? '' : ` and ${nodes.length - 1} more`;
  return [...live, `${first.node ?? 'a node'}${more}, programmed`].join(' and ');
}

function laneOf(label: string, disagrees: boolean, answer: TruthAnswer, ends: PathEnds): Lane {
  const lane = { label, disagrees, verdict: answer.verdict };
  const { address, ports } = answer.source;
  if (answer.verdict === 'SNAT') {
    const seen = address ?? 'the node’s address';
    const detail = ports === null ? seen : `${bracketed(seen)}:${ports[0]}–${ports[1]}`;
    return { ...lane, title: 'NAT rewrites the source', detail, seen, onWire: true, reply: 'restored' };
  }
  if (answer.verdict === 'INDETERMINATE') {
    return { ...lane, title: 'Cannot tell', detail: answer.code, seen: null, onWire: false, reply: 'unknown' };
  }
  if (answer.code === 'NO_SNAT_DESTINATION_IS_LOCAL') {
    return {
      ...lane,
      title: 'Stays on the node',
      detail: endText(ends.from, ends.sport),
      seen: null,
      onWire: false,
      reply: 'none',
    };
  }
  if (answer.code === 'NO_SNAT_SERVICE_REFUSED') {
    const detail = endText(ends.from, ends.sport);
    return { ...lane, title: 'Nothing is sent', detail, seen: null, onWire: false, reply: 'none' };
  }
  const title = answer.code === 'NO_SNAT_ESTABLISHED' ? 'NAT is not asked' : 'NAT does not match';
  const reply = leaves(answer) ? 'needs-route' : 'unknown';
  return { ...lane, title, detail: endText(ends.from, ends.sport), seen: ends.from, onWire: true, reply };
}

/** The lane in words, in the order of the packet: the picture's twin. */
export function laneWords(lane: Lane, ends: PathEnds, node: string | null): string[] {
  const where = node ?? 'its node';
  const words = [`The pod sends from ${endText(ends.from, ends.sport)} to ${endText(ends.to, ends.port)}.`];
  if (lane.verdict === 'SNAT') words.push(`On ${where} NAT rewrites the source to ${lane.detail}.`);
  else if (lane.verdict === 'INDETERMINATE') words.push(`What ${where} does with it cannot be told: ${lane.detail}.`);
  else words.push(`On ${where}: ${lane.title}; the source stays ${lane.detail}.`);
  if (lane.onWire) words.push(`${endText(ends.to, ends.port)} sees it from ${lane.seen}.`);
  if (lane.reply === 'restored') words.push(`The reply goes to ${lane.seen}; ${where} restores ${ends.from}.`);
  if (lane.reply === 'needs-route')
    words.push(`The reply goes to ${ends.from}: the network needs a route for it to ${where}.`);
  if (lane.reply === 'none') words.push('The packet never leaves the node.');
  return words;
}

/** "10.0.0.1:443", "[fd00::1]:443", or the address alone. */
export const endText = (address: string, port: number | null): string =>
  port === null ? address : `${bracketed(address)}:${port}`;

const bracketed = (address: string): string => (address.includes(':') ? `[${address}]` : address);
