'use client';
import { useQuery } from '@tanstack/react-query';
import { Download } from 'lucide-react';
import { download } from '../browser/download.ts';
import { Button } from '../components/button.tsx';
import { Code } from '../components/code.tsx';
import { CopyButton } from '../components/copy-button.tsx';
import { ErrorPanel } from '../components/error-panel.tsx';
import { Panel } from '../components/panel.tsx';
import { useTRPC } from '../trpc/client.ts';

/** For a cluster without Calico: our copy of its types, to be applied by somebody who may make types. */
export function OwnTypesPanel() {
  const trpc = useTRPC();
  const { data, isError, error, refetch } = useQuery(
    trpc.cluster.ownTypes.queryOptions(undefined, { refetchInterval: false }),
  );
  return (
    <Panel title="Without Calico: our copy of its types" lead="IPPool and FelixConfiguration, crd.projectcalico.org/v1">
      {isError && <ErrorPanel error={error} onRetry={() => void refetch()} />}
      {data !== undefined && (
        <div className="flex flex-col gap-2.5">
          <p>
            If this cluster has no Calico, and Outgate’s agents are to NAT by pools all the same, an administrator makes
            these types once. Our account may not: it has no right to make types. Pools are found here within 30 s after
            that. A Calico that is installed later takes the types over by the same names, and keeps the pools.
          </p>
          <p className="flex flex-wrap gap-2">
            <Button small onClick={() => download(data.file, data.yaml)}>
              <Download aria-hidden /> Download {data.file}
            </Button>
            <CopyButton text={data.yaml}>Copy YAML</CopyButton>
            <CopyButton look="plain" text={data.command}>
              Copy command
            </CopyButton>
          </p>
          <Code label="The command" text={data.command} />
        </div>
      )}
    </Panel>
  );
}
