import { CircleCheck, CircleQuestionMark, TriangleAlert } from 'lucide-react';
import { changeNumber } from '../../core/wire/change-number.ts';
import { Age, utc } from '../components/age.tsx';
import type { NodeDetail } from './node-detail.ts';
import { Readiness } from './readiness.tsx';

/** The node at one glance. */
export function NodeFactsPanel({ node, cluster }: { node: NodeDetail; cluster: boolean }) {
  const { revision, sequence, effective, report, facts, object, pods } = node;
  const addresses = (facts?.interfaces ?? []).flatMap((one) =>
    one.name === 'lo'
      ? []
      : one.addresses.map((address) => ({ address: address.split('/')[0] ?? address, name: one.name })),
  );
  const shown = addresses.filter(({ address }) => !/^(fe80:|127\.)/.test(address));
  return (
    <dl className="grid grid-cols-[1fr_1fr_1fr_1.8fr] divide-x divide-line-faint overflow-hidden rounded-lg border border-line bg-surface-1 max-[73.75rem]:grid-cols-2 narrow:grid-cols-1 narrow:divide-x-0 narrow:divide-y [&>div]:min-w-0 [&>div]:px-4 [&>div]:py-2.25 [&_dt]:text-2xs [&_dt]:text-ink-3">
      <div>
        <dt>Addresses</dt>
        {shown.slice(0, 4).map(({ address, name }) => (
          <dd key={`${name} ${address}`} className="machine text-ink-1">
            {address} <span className="text-ink-3">{name}</span>
          </dd>
        ))}
        {shown.length === 0 &&
          object?.addresses.map((address) => (
            <dd key={address} className="machine text-ink-1">
              {address} <span className="text-ink-3">Node object</span>
            </dd>
          ))}
        {shown.length === 0 && (object?.addresses ?? []).length === 0 && (
          <dd className="text-xs text-ink-3">not known</dd>
        )}
        {shown.length > 4 && <dd className="text-2xs text-ink-3">and {shown.length - 4} more below</dd>}
        {cluster && (
          <dd className="mt-1 flex flex-wrap items-center gap-x-2 text-xs text-ink-2">
            <Readiness object={object} />
            {object !== null && object.since !== null && <Age at={object.since} prefix="since" />}
          </dd>
        )}
      </div>
      <div>
        <dt>Revision held</dt>
        <dd className="machine text-ink-1">{revision ?? 'none yet'}</dd>
        <dd className="text-xs text-ink-3">
          {revision === effective.revision
            ? `equal to ${cluster ? 'what the cluster says' : 'desired'}${sequence === null ? '' : `, change ${changeNumber(sequence)}`}`
            : `${cluster ? 'the cluster says' : 'desired is'} ${effective.revision.slice(0, 8)}, change ${changeNumber(effective.sequence)}`}
        </dd>
      </div>
      <div>
        <dt>Agent</dt>
        <dd className="text-xs text-ink-1">
          {node.joinedAt === null ? 'none' : report === null ? 'no report yet' : `${report.mode}, ${report.backend}`}
        </dd>
        {node.joinedAt !== null && (
          <dd className="text-xs text-ink-3" title={utc(node.joinedAt)}>
            <Age at={node.joinedAt} prefix={node.signIn === 'join-token' ? 'joined' : 'signed in'} />
          </dd>
        )}
        {pods.map(({ name, served, heardAt }) => (
          <dd key={name} className="text-xs wrap-anywhere text-ink-3">
            pod <span className="machine text-ink-1">{name}</span> {served ? 'is served' : 'is not served'},{' '}
            <Age at={heardAt} prefix="heard" />
          </dd>
        ))}
      </div>
      <div>
        <dt>Conditions</dt>
        {node.conditions.length === 0 && <dd className="text-xs text-ink-3">none reported</dd>}
        {node.conditions.map((condition) => (
          <dd key={`${condition.type} ${condition.reason}`} className="flex flex-wrap items-center gap-x-2 text-xs">
            <Mark condition={condition} />
            <span className="font-medium text-ink-1">
              {condition.type}: {condition.status}
            </span>
            <span className="machine text-2xs text-ink-3">{condition.reason}</span>
            <span className="min-w-0 wrap-anywhere">{condition.message}</span>
            <span className="text-2xs">
              <Age at={condition.since} />
            </span>
          </dd>
        ))}
      </div>
    </dl>
  );
}

/** Whether a condition is as it should be: some are good when true, drift and rules of others when they are not. */
function Mark({ condition: { type, status } }: { condition: NodeDetail['conditions'][number] }) {
  if (status === 'Unknown') return <CircleQuestionMark aria-hidden className="size-3 flex-none text-ink-3" />;
  const wanted = type === 'Drifted' || type === 'ForeignRules' ? 'False' : 'True';
  return status === wanted ? (
    <CircleCheck aria-hidden className="size-3 flex-none text-programmed-mark" />
  ) : (
    <TriangleAlert aria-hidden className="size-3 flex-none text-drifted-mark" />
  );
}
