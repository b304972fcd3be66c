/** What the truths say about one question: who disagrees, and the one sentence that comes first. */
import type { StepCode } from '../../core/nat/steps.ts';
import type { Answer } from '../../core/nat/verdict.ts';
import { verdictWord } from '../components/verdict.tsx';

/** One truth's answer. `at` is when the truth was last known to be so; null: not known. */
export interface TruthAnswer extends Answer {
  truth: 'desired' | 'live' | 'node';
  node: string | null;
  revision: string | null;
  at: string | null;
}

export interface Arranged {
  desired: TruthAnswer | null;
  /** what the cluster says; null without one, or when it was not asked */
  live: TruthAnswer | null;
  /** the cluster says something else than desired */
  unapplied: boolean;
  /** the name of the node that hosts the source, whether it answered or not; null: not known */
  hostName: string | null;
  /** the node that hosts the source, as programmed; null when no node does */
  host: TruthAnswer | null;
  /** every node that answered, by name */
  nodes: readonly TruthAnswer[];
  /** does the hosting node (without one: any node) say something else than what counts: live, without a cluster desired? */
  differs: boolean;
}

/** `hostName`: the node that hosts the source, if it is known. */
export function arrange(answers: readonly TruthAnswer[], hostName: string | null): Arranged {
  const desired = answers.find(({ truth }) => truth === 'desired') ?? null;
  const nodes = answers
    .filter(({ truth }) => truth === 'node')
    .sort((a, b) => (a.node ?? '').localeCompare(b.node ?? '', 'en', { numeric: true }));
  const host = nodes.find(({ node }) => node === hostName) ?? null;
  const compared = host === null ? nodes : [host];
  const live = answers.find(({ truth }) => truth === 'live') ?? null;
  const effective = live ?? desired;
  return {
    desired,
    live,
    hostName,
    unapplied: desired !== null && live !== null && !agrees(desired, live),
    host,
    nodes,
    differs: effective !== null && compared.some((answer) => !agrees(effective, answer)),
  };
}

/** What the nodes are compared with: what the cluster says, without one what is desired. */
export const effectiveOf = ({ desired, live }: Arranged): TruthAnswer | null => live ?? desired;

/** Same verdict for the same reason, and the same address where both name one. */
export function agrees(a: TruthAnswer, b: TruthAnswer): boolean {
  return (
    a.verdict === b.verdict &&
    a.code === b.code &&
    (a.source.address === null || b.source.address === null || a.source.address === b.source.address)
  );
}

/** The verdict in two or three words, where less or more is known than that a pod's address stays. */
export function answerWord(answer: TruthAnswer): string {
  if (answer.code === 'NO_SNAT_SERVICE_REFUSED') return 'Nothing is sent';
  return answer.verdict === 'NO_SNAT' && fromHost(answer) ? 'Keeps node address' : verdictWord(answer.verdict);
}

/** A piece of a sentence: plain, a value that a machine would parse, or a name that stands out. */
export type Piece = string | { machine: string } | { name: string };
export const plain = (pieces: readonly Piece[]): string =>
  pieces.map((piece) => (typeof piece === 'string' ? piece : 'machine' in piece ? piece.machine : piece.name)).join('');

/** Verdict first, one sentence. `from` is the pod's address. */
export function headline(arranged: Arranged, from: string): Piece[] {
  const { desired, live, unapplied, host, nodes, differs } = arranged;
  const effective = effectiveOf(arranged);
  const first = effective ?? host ?? nodes[0];
  if (first === undefined) return ['Nobody answered.'];
  if (unapplied && desired !== null && live !== null) {
    const cluster: Piece[] =
      live.verdict === 'INDETERMINATE'
        ? ['what the cluster says leaves it open', ...missing(live)]
        : ['the cluster says otherwise: it ', ...deed(live, from)];
    return [
      ...intention(desired, from),
      ', but ',
      ...cluster,
      '.',
      ...(differs ? [' ', ...nodeSaid(arranged, from)] : []),
    ];
  }
  if (!differs || effective === null) return [...sentence(host ?? first, from), '.'];
  const other = host ?? nodes.find((answer) => !agrees(effective, answer));
  if (other === undefined) return [...sentence(first, from), '.'];
  const node: Piece = { name: other.node ?? 'a node' };
  if (other.verdict === 'INDETERMINATE') {
    return [...intention(effective, from), ', but what ', node, ' does cannot be told', ...missing(other), '.'];
  }
  return [...intention(effective, from), ', but ', node, ' ', ...deed(other, from), '.'];
}

/** What the node does that does not follow the cluster, as a sentence of its own. */
function nodeSaid({ live, host, nodes }: Arranged, from: string): Piece[] {
  const other = host ?? nodes.find((answer) => live !== null && !agrees(live, answer));
  if (other === undefined) return [];
  const node: Piece = { name: other.node ?? 'a node' };
  return other.verdict === 'INDETERMINATE'
    ? ['What ', node, ' does cannot be told', ...missing(other), '.']
    : [node, ' ', ...deed(other, from), '.'];
}

/** Why (in the words of the pools where the truths agree, else of the node that disagrees), and what becomes of the replies. */
export function explanation(arranged: Arranged, from: string): Piece[] {
  const { host, differs } = arranged;
  const effective = effectiveOf(arranged);
  const why = differs ? (host ?? effective) : (effective ?? host);
  const follows = host ?? effective;
  const last = why === null ? undefined : decidingStep(why);
  const because: Piece[] = last === undefined ? [] : [last.text, /[.!?]$/.test(last.text) ? ' ' : '. '];
  return [...because, ...(follows === null ? [] : replies(follows, from))];
}

/** The step that decided: the last one that names what NAT does, not how the route goes or which ports it may take. */
export function decidingStep(answer: Answer): Answer['steps'][number] | undefined {
  const details = new Set([
    'ROUTE',
    'PORTS',
    'SOURCE_MASQUERADED',
    'SOURCE_FIXED',
    'INTERFACE_MATCHES',
    'NODE_UNKNOWN',
  ]);
  return answer.steps.findLast(({ code }) => !details.has(code)) ?? answer.steps.at(-1);
}

/** What becomes of the replies, or nothing where nobody can tell. */
export function replies(answer: TruthAnswer, from: string): Piece[] {
  const node: Piece = answer.node === null ? 'its node' : { name: answer.node };
  if (answer.verdict === 'SNAT') return ['Replies return to ', node, ', which restores ', { machine: from }, '.'];
  if (answer.verdict === 'NO_SNAT' && leaves(answer) && !fromHost(answer)) {
    return ['Replies reach the pod only if the network routes ', { machine: from }, ' to ', node, '.'];
  }
  return [];
}

/** False for what never leaves the node, and for packets whose connection decided long ago. */
export const leaves = ({ code }: Answer): boolean => !SILENT.includes(code);

const saysOf = ({ steps }: Answer, step: StepCode): boolean => steps.some(({ code }) => code === step);

/** The source is a node, or a pod on its network. */
const fromHost = (answer: Answer): boolean => saysOf(answer, 'SOURCE_IS_HOST');

const SILENT: readonly string[] = [
  'NO_SNAT_DESTINATION_IS_LOCAL',
  'NO_SNAT_ESTABLISHED',
  'NO_SNAT_INVALID_PACKET',
  'NO_SNAT_SERVICE_REFUSED',
];

const sentence = (answer: TruthAnswer, from: string): Piece[] =>
  answer.verdict === 'SNAT'
    ? ['NATed to ', ...address(answer)]
    : answer.code === 'NO_SNAT_ESTABLISHED'
      ? ['Keeps the source that the connection began with']
      : answer.code === 'NO_SNAT_SERVICE_REFUSED'
        ? ['Nothing is sent: no backend takes the connection']
        : answer.verdict === 'NO_SNAT'
          ? [fromHost(answer) ? 'Keeps the node’s address ' : 'Keeps the pod address ', { machine: from }]
          : ['Cannot tell', ...missing(answer)];

const intention = (answer: TruthAnswer, from: string): Piece[] =>
  answer.verdict === 'SNAT'
    ? ['It should be NATed to ', ...address(answer)]
    : answer.verdict === 'NO_SNAT'
      ? ['It should keep ', { machine: from }]
      : ['Desired cannot tell', ...missing(answer)];

const deed = (answer: TruthAnswer, from: string): Piece[] =>
  answer.verdict === 'SNAT'
    ? ['rewrites it to ', ...address(answer)]
    : [fromHost(answer) ? 'keeps the node’s address ' : 'keeps the pod address ', { machine: from }];

const address = (answer: TruthAnswer): Piece[] =>
  answer.source.address === null ? ['the node’s address'] : [{ machine: answer.source.address }];

/** What is missing, in words; the last step says it in full. */
function missing(answer: Answer): Piece[] {
  const words: Record<string, string> = {
    INDETERMINATE_SERVICE_UNRESOLVED: ': where the service leads is not known',
    INDETERMINATE_FOREIGN_RULE: ': a rule of somebody else may decide first',
    INDETERMINATE_HOST_NETWORK: ': the source is a node’s own address',
    INDETERMINATE_NODE_STALE: ': nothing current is known of it',
  };
  if (answer.code === 'INDETERMINATE_SERVICE_UNRESOLVED' && saysOf(answer, 'BACKENDS_DIFFER'))
    return [': it depends on the backend'];
  return [words[answer.code] ?? ''];
}
