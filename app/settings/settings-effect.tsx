import { ArrowRight } from 'lucide-react';
import { Note } from '../components/note.tsx';
import { VerdictText } from '../components/verdict.tsx';
import { Ranges } from '../pools/ranges.tsx';
import { listed } from '../pools/sync/sync-words.ts';
import type { Outputs } from '../trpc/client.ts';
import { addressText, outText, portsText, type Source, verdictsOf, whereNames } from './effect-words.ts';

type Effect = Outputs['settings']['preview'];
type Group = Effect['groups'][number];
type Region = Group['regions'][number];

/** Sentences, and groups of nodes: each of thousands of nodes may have its own. */
const SHOWN = 20;

/** What becomes of connections: the verdict, whose objects stand in the way, then each region on the nodes where it holds. */
export function SettingsEffect({ effect }: { effect: Effect }) {
  const [first, ...others] = verdictsOf(effect);
  const [more, groups] = [others.slice(0, SHOWN), effect.groups.slice(0, SHOWN)];
  const left = effect.groups.length - groups.length;
  return (
    <div className="flex flex-col gap-2 text-xs wrap-anywhere">
      <div>
        <p className="font-medium text-ink-1">{first}</p>
        {more.map((verdict) => (
          <p key={verdict} className="text-ink-1">
            {verdict}
          </p>
        ))}
        {others.length > more.length && <p>and {(others.length - more.length).toLocaleString('en-US')} more</p>}
        {!effect.equal && (
          <p className="text-ink-3">New connections alone. Those that exist keep the source they have.</p>
        )}
      </div>
      {effect.contested.map(({ object, fields, managers }) => (
        <Note key={object} kind="warning">
          <span className="machine text-ink-1">{listed(fields)}</span> of{' '}
          <span className="machine text-ink-1">{object}</span> {fields.length === 1 ? 'is' : 'are'} held by{' '}
          {listed(managers)} with another value, so nothing of it is written. It is saved here, and stands Contested
          until you apply it by force or take theirs.
        </Note>
      ))}
      {effect.deleted.map((object) => (
        <Note key={object} kind="warning">
          <span className="machine text-ink-1">{object}</span> was deleted in the cluster by others, so nothing of it is
          written. It is saved here, and stands OutOfSync until you make it again or take theirs.
        </Note>
      ))}
      {groups.map((group) => (
        <OnNodes key={group.nodes[0]?.name ?? ''} group={group} />
      ))}
      {left > 0 && <p className="text-ink-3">and other nodes, in {left.toLocaleString('en-US')} more groups</p>}
    </div>
  );
}

function OnNodes({ group }: { group: Group }) {
  const { nodes, count, regions } = group;
  const where =
    count === 0
      ? 'Every node'
      : whereNames(
          nodes.map(({ name }) => name),
          count,
        );
  return (
    <section aria-label={`On ${where}`} className="border-t border-line-faint pt-2">
      <h3 className="font-medium text-ink-2">{where}</h3>
      <ul className="mt-1 flex flex-col gap-2">
        {regions.map((region) => (
          <RegionItem key={JSON.stringify(region)} region={region} only={count === 1 ? nodes[0] : undefined} />
        ))}
      </ul>
    </section>
  );
}

function RegionItem({ region, only }: { region: Region; only: Group['nodes'][number] | undefined }) {
  const { from, to, nodes, out, before, after, family } = region;
  const own = only?.ways[family]?.address ?? null;
  return (
    <li>
      <span className="flex flex-wrap items-center gap-x-1.5 gap-y-0.5">
        <Side source={before} own={own} />
        <ArrowRight aria-label="becomes" className="size-3 flex-none text-ink-3" />
        <Side source={after} own={own} />
      </span>
      <dl className="mt-0.5 grid grid-cols-[max-content_minmax(0,1fr)] gap-x-2 [&>dt]:text-ink-3">
        <dt>from</dt>
        <dd>
          <Ranges {...from} />
        </dd>
        <dt>to</dt>
        <dd>
          {nodes ? (
            <>
              nodes’ addresses: <Ranges {...to} />
            </>
          ) : (
            'every destination that is NATed'
          )}
        </dd>
        {outText(out) !== '' && (
          <>
            <dt>out of</dt>
            <dd className="text-ink-1">{outText(out).replace(' out of ', '')}</dd>
          </>
        )}
      </dl>
    </li>
  );
}

/** `own`: of the one node that it is about, by its default route. */
function Side({ source, own }: { source: Source | null; own: string | null }) {
  if (source === null) return <VerdictText verdict="NO_SNAT" />;
  return (
    <span className="inline-flex flex-wrap items-center gap-x-1.5">
      <VerdictText verdict="SNAT" />
      <span className="text-ink-1">
        to {source.address === null ? (own ?? addressText(source)) : source.address}
        {source.ports !== null && `, ${portsText(source)}`}
      </span>
    </span>
  );
}
