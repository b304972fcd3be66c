import { CircleCheck, TriangleAlert } from 'lucide-react';
import { Age } from '../components/age.tsx';
import { ErrorPanel } from '../components/error-panel.tsx';
import { Panel } from '../components/panel.tsx';
import { HeadRow, Table, Tbody, Td, Th, Thead, Tr } from '../components/table.tsx';
import { VerdictText } from '../components/verdict.tsx';
import type { Outputs } from '../trpc/client.ts';
import { endText } from './path-lanes.ts';

export type Probe = Outputs['lab']['probe'];

/** Prediction beside observation: what was said before the packet, and what the other end saw. */
export function ProbePanel({
  probe,
  error,
  sending,
  sentAt,
  connection,
  podAddresses,
}: {
  probe: Probe | undefined;
  error: unknown;
  sending: boolean;
  sentAt: number;
  /** "pod-1a to 198.51.100.10, tcp" */
  connection: string;
  podAddresses: readonly string[];
}) {
  return (
    <Panel
      title="A real packet"
      lead={connection}
      actions={
        probe !== undefined &&
        !sending && (
          <span className="text-2xs">
            <Age at={new Date(sentAt).toISOString()} prefix="sent" />
          </span>
        )
      }
      flush
      className="mt-3"
    >
      <div aria-live="polite">
        {sending && <p className="px-3.5 py-3 text-ink-3">The packet is on its way.</p>}
        {!sending && error !== null && error !== undefined && <ErrorPanel error={error} className="m-3" />}
        {!sending && probe !== undefined && <Comparison probe={probe} podAddresses={podAddresses} />}
      </div>
    </Panel>
  );
}

function Comparison({
  probe: { predicted, observed, agree },
  podAddresses,
}: {
  probe: Probe;
  podAddresses: readonly string[];
}) {
  const kept = podAddresses.includes(observed.source.address);
  const own = podAddresses.find((address) => address.includes(':') === observed.source.address.includes(':'));
  const seen = endText(observed.source.address, observed.source.port);
  return (
    <>
      <p
        className={
          agree
            ? 'flex items-start gap-2 px-3.5 py-2.5 text-base text-ink-1'
            : 'flex items-start gap-2 bg-drifted-bg px-3.5 py-2.5 text-base font-medium text-drifted-fg'
        }
      >
        {agree ? (
          <CircleCheck aria-hidden className="mt-0.75 size-3.5 flex-none text-programmed-mark" />
        ) : (
          <TriangleAlert aria-hidden className="mt-0.75 size-3.5 flex-none" />
        )}
        <span>
          {agree
            ? 'As predicted: the other end saw it come from '
            : 'Not as predicted: the other end saw it come from '}
          <span className="font-mono whitespace-nowrap">{observed.source.address}</span>.
        </span>
      </p>
      <Table label="Prediction and observation">
        <Thead>
          <HeadRow>
            <Th className="w-40">{''}</Th>
            <Th>Predicted</Th>
            <Th>Observed</Th>
          </HeadRow>
        </Thead>
        <Tbody>
          <Tr>
            <Td className="text-ink-3">Verdict</Td>
            <Td label="Predicted">
              <VerdictText verdict={predicted.verdict} />{' '}
              <span className="machine text-2xs text-ink-3">{predicted.code}</span>
            </Td>
            <Td label="Observed">
              <VerdictText verdict={kept ? 'NO_SNAT' : 'SNAT'} />
            </Td>
          </Tr>
          <Tr>
            <Td className="text-ink-3">Source seen</Td>
            <Td label="Predicted" className="machine text-ink-1">
              {predictedSource(predicted, own)}
            </Td>
            <Td label="Observed" className="machine text-ink-1">
              {seen}
            </Td>
          </Tr>
        </Tbody>
      </Table>
    </>
  );
}

function predictedSource({ verdict, source: { address, ports } }: Probe['predicted'], own: string | undefined): string {
  if (verdict === 'INDETERMINATE') return 'not known';
  const known = address ?? (verdict === 'SNAT' ? 'the node’s address' : (own ?? 'the pod’s address'));
  return ports === null ? known : `${endText(known, ports[0])}–${ports[1]}`;
}
