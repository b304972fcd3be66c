'use client';
import { useQuery } from '@tanstack/react-query';
import { Command } from 'cmdk';
import { Boxes, Layers, Route, Server } from 'lucide-react';
import { Dialog as Radix } from 'radix-ui';
import { useDeferredValue, useState } from 'react';
import { parseAddress } from '../../core/net/address.ts';
import { othersShown } from '../cluster/other-pools.ts';
import { poolPath } from '../pools/paths.ts';
import { useTRPC } from '../trpc/client.ts';
import { useClusterMode } from '../trpc/cluster-mode.ts';
import { useGo } from './leave-guard.tsx';
import { allPages, inMode } from './pages.ts';

/** `/` or Ctrl K: pages, pools, nodes, and a question to the simulator for an address. */
export function Palette({ open, onClose }: { open: boolean; onClose: () => void }) {
  return (
    <Radix.Root open={open} onOpenChange={(next) => !next && onClose()}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-40 bg-scrim" />
        <Radix.Content
          aria-describedby={undefined}
          className="fixed top-[12vh] left-1/2 z-50 w-[calc(100vw-2rem)] max-w-xl -translate-x-1/2 overflow-hidden rounded-xl bg-surface-pop shadow-pop"
        >
          <Radix.Title className="sr-only">Find a pool, node or address</Radix.Title>
          <PaletteBody onClose={onClose} />
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

const MOST_OTHERS = 8;

function PaletteBody({ onClose }: { onClose: () => void }) {
  const trpc = useTRPC();
  const open = useGo();
  const [text, setText] = useState('');
  const [picked, setPicked] = useState('');
  const search = useDeferredValue(text.trim());
  const pools = useQuery(trpc.pools.list.queryOptions({ limit: 8, ...(search === '' ? {} : { search }) }));
  const nodes = useQuery(trpc.nodes.list.queryOptions({}));
  function go(href: string): void {
    onClose();
    open(href);
  }
  const wanted = search.toLowerCase();
  const cluster = useClusterMode();
  // all of them at once, and only for a search: a page of theirs is found by name, range and owner
  const live = useQuery(trpc.cluster.pools.queryOptions(undefined, { enabled: cluster && search !== '' }));
  const others =
    search === '' ? [] : othersShown(live.data?.pools ?? [], { search, standing: 'all' }).slice(0, MOST_OTHERS);
  const pages = inMode(allPages, cluster).filter(({ name }) => name.toLowerCase().includes(wanted));
  const foundNodes = (nodes.data?.nodes ?? []).filter(({ name }) => name.toLowerCase().includes(wanted)).slice(0, 6);
  const address = parseAddress(search).ok;
  const group =
    '**:[[cmdk-group-heading]]:px-2.5 **:[[cmdk-group-heading]]:pt-2 **:[[cmdk-group-heading]]:pb-1 **:[[cmdk-group-heading]]:text-2xs **:[[cmdk-group-heading]]:text-ink-3';
  const item =
    'flex h-8 cursor-pointer items-center gap-2.5 rounded-md px-2.5 text-ink-1 data-[selected=true]:bg-surface-selected pointer-coarse:h-11 [&>svg]:size-3.5 [&>svg]:flex-none [&>svg]:text-ink-3';
  const values = [
    ...(address ? ['ask-from', 'ask-to'] : []),
    ...pages.map(({ href }) => `page ${href}`),
    ...(pools.data?.pools ?? []).map(({ name }) => `pool ${name}`),
    ...others.map(({ name }) => `other ${name}`),
    ...foundNodes.map(({ name }) => `node ${name}`),
  ];
  // what is found comes later than what was typed: the first of it is chosen then, so that Enter opens it
  const chosen = values.includes(picked) ? picked : (values[0] ?? '');
  return (
    <Command label="Find" shouldFilter={false} loop value={chosen} onValueChange={setPicked}>
      <Command.Input
        value={text}
        onValueChange={setText}
        placeholder="A page, pool, node, CIDR or address"
        className="h-11 w-full border-b border-line-faint bg-transparent px-4 text-base text-ink-1 outline-none"
      />
      <Command.List className="max-h-[52vh] overflow-auto p-1.5">
        <Command.Empty className="px-2.5 py-6 text-center text-ink-3">
          Nothing has “{search}” in its name or range.
        </Command.Empty>
        {address && (
          <Command.Group heading="Ask the simulator" className={group}>
            <Command.Item value="ask-from" className={item} onSelect={() => go(`/simulator?from=${search}`)}>
              <Route aria-hidden /> Traffic from <span className="machine">{search}</span>
            </Command.Item>
            <Command.Item value="ask-to" className={item} onSelect={() => go(`/simulator?to=${search}`)}>
              <Route aria-hidden /> Traffic to <span className="machine">{search}</span>
            </Command.Item>
          </Command.Group>
        )}
        {pages.length > 0 && (
          <Command.Group heading="Pages" className={group}>
            {pages.map(({ href, name, icon: Icon, key }) => (
              <Command.Item key={href} value={`page ${href}`} className={item} onSelect={() => go(href)}>
                <Icon aria-hidden /> {name}
                <span className="ml-auto text-2xs text-ink-3">g {key}</span>
              </Command.Item>
            ))}
          </Command.Group>
        )}
        {(pools.data?.pools.length ?? 0) > 0 && (
          <Command.Group heading="Pools" className={group}>
            {pools.data?.pools.map(({ name, spec }) => (
              <Command.Item key={name} value={`pool ${name}`} className={item} onSelect={() => go(poolPath(name))}>
                <Layers aria-hidden /> <span className="truncate">{name}</span>
                <span className="ml-auto machine flex-none text-ink-3">{spec.cidr}</span>
              </Command.Item>
            ))}
          </Command.Group>
        )}
        {others.length > 0 && (
          <Command.Group heading="Pools of others, in the cluster" className={group}>
            {others.map(({ name, owner, spec }) => (
              <Command.Item key={name} value={`other ${name}`} className={item} onSelect={() => go(poolPath(name))}>
                <Boxes aria-hidden /> <span className="truncate">{name}</span>
                <span className="truncate text-2xs text-ink-3">{owner}</span>
                {spec !== null && <span className="ml-auto machine flex-none text-ink-3">{spec.cidr}</span>}
              </Command.Item>
            ))}
          </Command.Group>
        )}
        {foundNodes.length > 0 && (
          <Command.Group heading="Nodes" className={group}>
            {foundNodes.map(({ name, state }) => (
              <Command.Item
                key={name}
                value={`node ${name}`}
                className={item}
                onSelect={() => go(`/nodes/${encodeURIComponent(name)}`)}
              >
                <Server aria-hidden /> {name}
                <span className="ml-auto text-2xs text-ink-3">{state}</span>
              </Command.Item>
            ))}
          </Command.Group>
        )}
      </Command.List>
    </Command>
  );
}
