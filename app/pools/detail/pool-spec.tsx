import Link from 'next/link';
import { withDefaults } from '../../../core/pool/defaults.ts';
import { poolSpecSchema } from '../../../core/pool/spec.ts';
import { Panel } from '../../components/panel.tsx';
import { AllocatesText, TrafficFromText, TrafficToText } from '../facet-cells.tsx';
import { poolPath } from '../paths.ts';
import { decidedWords, facetSentences } from '../words.ts';
import type { PoolDetail } from './pool-detail.ts';

const fields = poolSpecSchema.keyof().options;

/** What the pool does in words, and every field with the value that counts, set or default. */
export function PoolSpecPanel({
  pool,
  now = null,
}: {
  /** what nodes do instead, said first; null: this */
  now?: string | null;
  /** `natted` null: nobody counts for a pool that is not ours */
  pool: Pick<PoolDetail, 'spec' | 'facets'> & {
    natted: PoolDetail['natted'] | null;
    decidedBy: PoolDetail['decidedBy'];
  };
}) {
  const { spec, facets, natted, decidedBy } = pool;
  const full = withDefaults(spec);
  const [allocates = '', from = '', to = ''] = facetSentences(facets);
  return (
    <div className="grid items-start gap-3 lg:grid-cols-2">
      <Panel title="What it does" lead={now === null ? undefined : 'as desired; nodes follow Live'}>
        {now !== null && <p className="mb-3 text-base text-ink-1">{now}</p>}
        <dl className="grid grid-cols-[max-content_minmax(0,1fr)] items-baseline gap-x-4 gap-y-2.5">
          <dt className="text-xs text-ink-3">Allocates addresses</dt>
          <dd>
            <AllocatesText facets={facets} />
            <p>{allocates}</p>
          </dd>
          <dt className="text-xs text-ink-3">Traffic from it</dt>
          <dd>
            <TrafficFromText facets={facets} spec={spec} decidedBy={decidedBy} />
            {decidedBy === null ? <p>{from}</p> : <DecidedElsewhere {...decidedBy} />}
          </dd>
          <dt className="text-xs text-ink-3">Traffic to it</dt>
          <dd>
            <TrafficToText facets={facets} />
            <p>{to}</p>
          </dd>
          {facets.nats && natted !== null && (
            <>
              <dt className="text-xs text-ink-3">NATed so far</dt>
              <dd>
                <span className="text-2xl text-ink-1 tabular-nums">{BigInt(natted).toLocaleString('en-US')}</span>{' '}
                <span className="text-xs text-ink-3">connections, programmed, all nodes</span>
              </dd>
            </>
          )}
        </dl>
      </Panel>
      <Panel title="Fields" lead={now === null ? undefined : 'as desired'}>
        <dl className="grid grid-cols-[max-content_minmax(0,1fr)] gap-x-4 gap-y-1.5">
          {fields.map((field) => {
            const value = full[field];
            const text = Array.isArray(value) ? value.join(', ') : String(value);
            return (
              <div key={field} className="contents">
                <dt className="machine text-ink-3">{field}</dt>
                <dd className="min-w-0 break-words">
                  <span className="machine text-ink-1">{text === '' ? '""' : text}</span>
                  {spec[field] === undefined && <span className="text-2xs text-ink-3"> default</span>}
                </dd>
              </div>
            );
          })}
        </dl>
      </Panel>
    </div>
  );
}

const MOST_NAMED = 3;

/** Which pools decide in place of its own field, each with its page. */
function DecidedElsewhere({ nats, by, count }: NonNullable<PoolDetail['decidedBy']>) {
  const more = count - MOST_NAMED;
  return (
    <>
      {by.slice(0, MOST_NAMED).map((name) => (
        <p key={name}>
          <Link className="link wrap-anywhere" href={poolPath(name)}>
            {name}
          </Link>{' '}
          {decidedWords[nats]}
        </p>
      ))}
      {more > 0 && <p>And {more.toLocaleString('en-US')} more inside it.</p>}
    </>
  );
}
