'use client';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { firstOf } from '../../core/cluster/come-back.ts';
import { When } from '../components/age.tsx';
import { Button } from '../components/button.tsx';
import { ChangeLink } from '../components/change-link.tsx';
import { ErrorPanel } from '../components/error-panel.tsx';
import { Note } from '../components/note.tsx';
import { Panel } from '../components/panel.tsx';
import { HeadRow, Table, Tbody, Td, Th, Thead, Tr } from '../components/table.tsx';
import { VerdictText } from '../components/verdict.tsx';
import { useRefusal } from '../shell/session.tsx';
import { useTRPC } from '../trpc/client.ts';
import { FollowDialog } from './follow-dialog.tsx';
import { type Going, lackingText } from './follow-effects.ts';

/** Rows shown at once: whoever restores thousands counts them. */
const SHOWN = 50;

/**
 * The types are back after a loss, and lack what was known: what would go, and the choice to go on without it. `back` false:
 * they are not, or lack nothing; what was decided stays to be read until it is closed.
 */
export function ComeBackPanel({ back }: { back: boolean }) {
  const trpc = useTRPC();
  const query = useQuery(trpc.cluster.previewFollow.queryOptions(undefined, { enabled: back }));
  const [deciding, setDeciding] = useState<Going | null>(null);
  const going = back ? (query.data ?? null) : null;
  return (
    <>
      {back && query.isError && <ErrorPanel error={query.error} onRetry={() => void query.refetch()} />}
      {going !== null && <Lacking going={going} onFollow={() => setDeciding(going)} />}
      {deciding !== null && <FollowDialog going={deciding} onClose={() => setDeciding(null)} />}
    </>
  );
}

function Lacking({ going, onFollow }: { going: Going; onFollow: () => void }) {
  const refused = useRefusal('admin');
  const { pools, settings, word } = going;
  const decided = word !== null && word.beyond.length === 0;
  const title = `What came back lacks ${lackingText(going)}`;
  return (
    <Panel
      label={title}
      title={<span className="whitespace-normal">{title}</span>}
      lead={
        <>
          <span className="machine">{going.group}</span>, back since <When at={new Date(going.since).toISOString()} />
        </>
      }
      flush
      className="border-warning-bd!"
      footer={
        pools.length > SHOWN
          ? `The first ${SHOWN} of ${pools.length.toLocaleString('en-US')} missing pools.`
          : undefined
      }
    >
      <div className="flex flex-col gap-2.5 px-3.5 py-3">
        <p>
          {pools.length > 0
            ? 'The last known pools and settings stay in force, and nothing of what is there is followed, not even the pools that are back: '
            : 'The pools are followed, and the last known settings stay in force: '}
          a backup that is restored object by object looks like this. Once all that is missing is back, the cluster is
          followed again by itself.
        </p>
        {word !== null && <WordNote word={word} />}
        {!decided && (
          <p className="flex flex-wrap items-center gap-x-3 gap-y-1.5">
            <Button look="danger" refused={refused} onClick={onFollow}>
              Follow the cluster as it is
            </Button>
            <span className="text-xs text-ink-3">
              {refused ?? 'When no more will come back. What it does is shown first.'}
            </span>
          </p>
        )}
      </div>
      {pools.length > 0 && <Pools pools={pools.slice(0, SHOWN)} />}
      {settings.length > 0 && <Settings settings={settings.slice(0, SHOWN)} />}
    </Panel>
  );
}

function WordNote({ word }: { word: NonNullable<Going['word']> }) {
  const decided = <ChangeLink id={word.change} />;
  if (word.beyond.length === 0)
    return (
      <Note role="status">
        By {decided} the cluster is to be followed as it is: the server that leads carries it out.
      </Note>
    );
  return (
    <Note kind="warning" role="alert">
      By {decided} it was to be followed, and by now more is missing than was shown then: {firstOf(word.beyond)}.
      Nothing is followed until they are back, or it is decided anew.
    </Note>
  );
}

function Pools({ pools }: { pools: Going['pools'] }) {
  return (
    <Table label="Pools that are missing">
      <Thead>
        <HeadRow>
          <Th>Missing pool</Th>
          <Th>CIDR</Th>
          <Th>In force until then</Th>
          <Th>Decided</Th>
        </HeadRow>
      </Thead>
      <Tbody>
        {pools.map(({ name, cidr, nats, ours, madeAgain }) => (
          <Tr key={name} className="hover:bg-surface-2">
            <Td>
              <span title={name} className="block max-w-72 truncate font-[550] text-ink-1">
                {name}
              </span>
            </Td>
            <Td label="CIDR" className="machine text-ink-1">
              {cidr ?? <span className="text-ink-3">not readable</span>}
            </Td>
            <Td label="In force until then">
              <VerdictText verdict={nats ? 'SNAT' : 'NO_SNAT'} />
            </Td>
            <Td label="Decided" className="text-xs">
              {ours ? `here${madeAgain ? ', made again' : ''}` : <span className="text-ink-3">by others</span>}
            </Td>
          </Tr>
        ))}
      </Tbody>
    </Table>
  );
}

function Settings({ settings }: { settings: Going['settings'] }) {
  return (
    <ul aria-label="Settings that are missing" className="divide-y divide-line-faint border-t border-line-faint">
      {settings.map(({ name, fields }) => (
        <li key={name} className="flex flex-wrap items-baseline gap-x-3 gap-y-0.5 px-3.5 py-2">
          <span className="wrap-anywhere text-ink-1">
            FelixConfiguration <span className="machine">{name}</span>
          </span>
          <span className="machine text-xs wrap-anywhere text-ink-2">
            {Object.entries(fields)
              .map(([field, value]) => `${field}: ${value}`)
              .join(', ')}
          </span>
        </li>
      ))}
    </ul>
  );
}
