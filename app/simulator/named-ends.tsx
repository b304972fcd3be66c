import { clsx } from 'clsx';
import { MoveRight } from 'lucide-react';
import { Age } from '../components/age.tsx';
import { Note } from '../components/note.tsx';
import { Tag } from '../components/tag.tsx';
import type { Outputs } from '../trpc/client.ts';

type Named = NonNullable<Outputs['simulate']['flow']['named']>;
type End = Named['from'];

/** past this what is known of a name may be wrong by now */
const OLD_SECONDS = 60;

/** What the names in the question stand for, as the cluster last said it. */
export function NamedEnds({ named: { from, to, unknown } }: { named: Named }) {
  if (from.name === null && to.name === null && unknown.length === 0) return null;
  return (
    <section aria-label="Names" className="rounded-lg border border-line bg-surface-1 px-4.5 py-2.25">
      <div className="flex flex-wrap items-baseline gap-x-3 gap-y-1 text-xs">
        <EndWords end={from} />
        <MoveRight aria-label="to" className="size-3.5 flex-none self-center text-ink-3" />
        <EndWords end={to} />
      </div>
      {unknown.length > 0 && (
        <Note className="mt-2">
          {unknown.map((words) => (
            <p key={words}>{words}</p>
          ))}
        </Note>
      )}
    </section>
  );
}

function EndWords({ end }: { end: End }) {
  const { kind, name, node, addresses, hostNetwork, service, at } = end;
  const [, rest = name] = /^[a-z]+\/(.*)$/.exec(name ?? '') ?? [];
  return (
    <span className="flex min-w-0 flex-wrap items-baseline gap-x-2 gap-y-0.5">
      {kind !== 'address' && <Tag>{kind}</Tag>}
      {rest !== null && <b className="font-medium wrap-anywhere text-ink-1">{rest}</b>}
      {addresses.map((address) => (
        <span key={address} className={clsx('machine', name === null ? 'text-ink-1' : 'text-ink-2')}>
          {address}
        </span>
      ))}
      {name === null && <span className="text-ink-3">of no pod or node that is known</span>}
      {kind === 'pod' && <span className="text-ink-2">{node === null ? 'on no node yet' : <>on {node}</>}</span>}
      {hostNetwork && kind === 'pod' && <Tag outline>host network</Tag>}
      {service !== null && <span className="text-ink-2">{serviceWords(service, node)}</span>}
      {at !== null && <Age at={at} prefix="known" limitSeconds={OLD_SECONDS} />}
    </span>
  );
}

const fronts = {
  'cluster-ip': 'cluster IP',
  external: 'external IP',
  'node-port': 'node port',
  headless: 'headless',
} as const;

function serviceWords(
  { type, front, port, internalPolicy, externalPolicy }: NonNullable<End['service']>,
  node: string | null,
): string {
  const by = type === 'ExternalName' ? 'ExternalName' : `${fronts[front]}${node === null ? '' : ` of ${node}`}`;
  const policy = front === 'cluster-ip' ? internalPolicy : externalPolicy;
  const local = front !== 'headless' && policy === 'Local' ? ', policy Local' : '';
  return `${by}${port === null ? '' : `, port ${port}`}${local}`;
}
