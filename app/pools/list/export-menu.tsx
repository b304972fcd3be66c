'use client';
import { Download } from 'lucide-react';
import { DropdownMenu } from 'radix-ui';
import { useState } from 'react';
import { writePools } from '../../../core/calico/write.ts';
import type { Pool } from '../../../core/pool/spec.ts';
import { download } from '../../browser/download.ts';
import { ErrorPanel } from '../../components/error-panel.tsx';
import { useTRPCClient } from '../../trpc/client.ts';

const apis = [
  { api: 'v3', label: 'projectcalico.org/v3', hint: 'for calicoctl and the Calico API server' },
  { api: 'v1', label: 'crd.projectcalico.org/v1', hint: 'for kubectl without the API server' },
] as const;

/** Calico YAML of the given pools, as this page shows them; without any, of all that the server has. */
export function ExportMenu({ pools, small, counted }: { pools?: readonly Pool[]; small?: boolean; counted?: boolean }) {
  const client = useTRPCClient();
  const [error, setError] = useState<unknown>(null);
  async function run(api: 'v3' | 'v1'): Promise<void> {
    setError(null);
    try {
      const yaml = pools === undefined ? (await client.pools.export.query({ api })).yaml : writePools(pools, api);
      download(`${pools?.length === 1 ? pools[0]?.name : 'pools'}.${api}.yaml`, yaml);
    } catch (problem) {
      setError(problem);
    }
  }
  return (
    <>
      <DropdownMenu.Root>
        <DropdownMenu.Trigger
          className={`inline-flex items-center gap-1.5 border border-line bg-surface-1 font-medium whitespace-nowrap text-ink-1 shadow-sm hover:bg-surface-3 [&>svg]:size-3.5 [&>svg]:text-ink-3 ${small ? 'h-6 rounded-sm px-2 text-xs pointer-coarse:h-9' : 'h-(--control) rounded-md px-2.5'}`}
        >
          <Download aria-hidden />
          {counted && pools !== undefined ? `Export ${pools.length.toLocaleString('en-US')}` : 'Export'}
        </DropdownMenu.Trigger>
        <DropdownMenu.Portal>
          <DropdownMenu.Content align="end" sideOffset={6} className="z-40 rounded-lg bg-surface-pop p-1 shadow-pop">
            {apis.map(({ api, label, hint }) => (
              <DropdownMenu.Item
                key={api}
                onSelect={() => void run(api)}
                className="cursor-pointer rounded-md px-2.5 py-1.5 outline-none data-highlighted:bg-surface-3"
              >
                <span className="machine text-ink-1">{label}</span>
                <span className="block text-2xs text-ink-3">{hint}</span>
              </DropdownMenu.Item>
            ))}
          </DropdownMenu.Content>
        </DropdownMenu.Portal>
      </DropdownMenu.Root>
      {error !== null && <ErrorPanel error={error} />}
    </>
  );
}
