import { clsx } from 'clsx';
import type { ReactNode } from 'react';
import { Age } from '../components/age.tsx';
import { useNextTruth } from '../components/next-truth.ts';
import { type Arranged, agrees, effectiveOf, explanation, headline } from './answers.ts';
import { NodeSquares } from './node-squares.tsx';
import { Pieces } from './pieces.tsx';
import { TruthCell } from './truth-cell.tsx';

/**
 * The verdict in one sentence, then the truths: those that disagree first, in amber. `local` is the answer that this
 * browser computed from the pools it has: no node is asked, and the panel says so.
 */
export function VerdictPanel({
  arranged,
  from,
  local,
  cluster,
  asked,
}: {
  arranged: Arranged;
  from: string;
  local: boolean;
  cluster: boolean;
  /** every node was asked, not the hosting one alone */
  asked: boolean;
}) {
  useNextTruth();
  const { desired, live, unapplied, host, hostName, nodes, differs } = arranged;
  const effective = effectiveOf(arranged);
  const counts = live === null ? 'desired' : 'live';
  const programmed = host !== null && (
    <TruthCell
      key="host"
      answer={host}
      title={`${host.node}, programmed`}
      age={host.at === null ? 'no report' : <Age at={host.at} prefix="read back" limitSeconds={30} />}
      differs={differs}
      tail={
        differs ? (
          host.verdict === 'INDETERMINATE' ? (
            `cannot be compared with ${counts}`
          ) : (
            `disagrees with ${counts}`
          )
        ) : (
          <Revision text={host.revision} />
        )
      }
    />
  );
  const wanted = desired !== null && (
    <TruthCell
      key="desired"
      answer={desired}
      title="Desired"
      age={local ? 'computed in this browser' : desired.at === null ? null : <Age at={desired.at} prefix="read" />}
      differs={false}
      tail={<Revision text={desired.revision} />}
    />
  );
  const said = live !== null && (
    <TruthCell
      key="live"
      answer={live}
      title="Live"
      age={live.at === null ? null : <Age at={live.at} prefix="seen" />}
      differs={unapplied}
      tail={unapplied ? 'the cluster is not as desired' : <Revision text={live.revision} />}
    />
  );
  const others = host === null && effective !== null && nodes.some((node) => !agrees(effective, node));
  return (
    <section
      aria-label="Verdict"
      aria-live="polite"
      className={clsx(
        'overflow-hidden rounded-lg border border-line border-l-[3px] bg-surface-1',
        differs || unapplied ? 'border-l-drifted-mark' : 'border-l-line-control',
      )}
    >
      <div className="px-4.5 pt-3 pb-2.5">
        <h2 className="text-xl font-[550] tracking-tight wrap-anywhere text-ink-1">
          <Pieces pieces={headline(arranged, from)} />
        </h2>
        <p className="mt-0.5">
          <Pieces pieces={explanation(arranged, from)} />
        </p>
      </div>
      <ul className={beside}>
        {ordered({ wanted, said, programmed, unapplied, differs })}
        {nodes.length > 0 && <NodeSquares nodes={nodes} />}
        {nodes.length === 0 && (
          <li className="min-w-0 px-4.5 py-2.25 text-xs text-ink-2">
            {local
              ? cluster
                ? 'Live and Programmed: not asked yet. Press Ask for what the cluster says and the nodes hold.'
                : 'Programmed: not asked yet. Press Ask for what the nodes hold.'
              : hostName !== null
                ? `Programmed: ${hostName} hosts it, and has no agent that reports.`
                : asked
                  ? 'Programmed: no node has joined, so nobody holds rules yet.'
                  : 'Programmed: not asked, because no node is known to host the source.'}
          </li>
        )}
        {host === null && nodes.length > 0 && hostName !== null && (
          <li className="min-w-0 px-4.5 py-2.25 text-xs text-ink-2">
            {hostName} hosts it, and has no agent that reports.
          </li>
        )}
        {host === null && nodes.length > 0 && hostName === null && (
          <li
            className={clsx('min-w-0 px-4.5 py-2.25 text-xs', others ? 'bg-drifted-bg text-drifted-fg' : 'text-ink-2')}
          >
            No node is known to host <span className="machine">{from}</span>
            {others ? `, and the nodes disagree with ${counts}.` : ', so the address after NAT depends on the node.'}
          </li>
        )}
      </ul>
    </section>
  );
}

/** As many as there are beside each other, else two in a row, the last alone over both; lines between, none at the edge. */
const beside =
  'grid auto-cols-fr grid-flow-col border-t border-line-faint *:-mr-px *:-mb-px *:border-r *:border-b *:border-line-faint max-[73.75rem]:grid-flow-row max-[73.75rem]:grid-cols-2 max-[73.75rem]:*:last:odd:col-span-2 narrow:grid-cols-1 narrow:*:last:odd:col-span-1';

/** Who disagrees comes first: the cluster with desired, then the node with what counts. */
function ordered({
  wanted,
  said,
  programmed,
  unapplied,
  differs,
}: {
  wanted: ReactNode;
  said: ReactNode;
  programmed: ReactNode;
  unapplied: boolean;
  differs: boolean;
}): ReactNode[] {
  if (unapplied) return differs ? [said, programmed, wanted] : [said, wanted, programmed];
  return differs ? [programmed, wanted, said] : [wanted, said, programmed];
}

function Revision({ text }: { text: string | null }) {
  if (text === null) return 'holds no revision yet';
  return (
    <>
      revision <span className="machine">{text.slice(0, 8)}</span>
    </>
  );
}
