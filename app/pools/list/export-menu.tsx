'use client';
import { Download } from 'lucide-react';
import { DropdownMenu } from 'radix-ui';
import { useState } from 'react';
import { download } from '../../browser/download.ts';
import { ErrorPanel } from '../../components/error-panel.tsx';
import { useTRPCClient } from '../../trpc/client.ts';

const apis = [
  { api: 'v3', label: 'projectcalico.org/v3', hint: 'for calicoctl and the Calico API server' },
  { api: 'v1', label: 'crd.projectcalico.org/v1', hint: 'for kubectl without the API server' },
] as const;

/** Calico YAML of some pools, or of all when `names` is undefined. */
export function ExportMenu({ names, small }: { names?: readonly string[]; small?: boolean }) {
  const client = useTRPCClient();
  const [error, setError] = useState<unknown>(null);
  async function run(api: 'v3' | 'v1'): Promise<void> {
    setError(null);
    try {
      const { yaml } = await client.pools.export.query({ api, ...(names === undefined ? {} : { names: [...names] }) });
      download(`${names?.length === 1 ? names[0] : 'pools'}.${api}.yaml`, yaml);
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
          {names === undefined ? 'Export' : `Export ${names.length.toLocaleString('en-US')}`}
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
