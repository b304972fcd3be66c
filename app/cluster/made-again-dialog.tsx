'use client';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { ChangeLink } from '../components/change-link.tsx';
import { Effects, ReasonDialog } from '../components/reason-dialog.tsx';
import { type Outputs, useTRPC } from '../trpc/client.ts';
import { Follows } from './follows.tsx';
import { type MadeAgainChoice, madeAgainEffects, madeAgainTitle, NOTHING_LEFT } from './made-again-effects.ts';

const verbs: Record<MadeAgainChoice, string> = { theirs: 'Take theirs', ours: 'Apply ours by force' };

/** What the choice does to all of them, the reason, and what came of it. */
export function MadeAgainDialog({
  pools,
  choice,
  onClose,
}: {
  /** as they are shown: nothing else is decided about */
  pools: Outputs['cluster']['previewMadeAgain']['pools'];
  choice: MadeAgainChoice | null;
  onClose: () => void;
}) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const resolve = useMutation(
    trpc.cluster.resolveMadeAgain.mutationOptions({ onSettled: () => queries.invalidateQueries() }),
  );
  // those that were decided about are listed no more, maybe before the answer is here
  const asked = resolve.isPending || resolve.isSuccess;
  const names = (asked ? resolve.variables.pools : pools).map(({ name }) => name);
  const over = choice !== null && !asked && pools.length === 0 ? NOTHING_LEFT : null;
  const verb = choice === null ? '' : verbs[choice];
  return (
    <ReasonDialog
      open={choice !== null}
      onClose={() => {
        resolve.reset();
        onClose();
      }}
      title={madeAgainTitle(verb, names)}
      effects={
        <Effects effects={choice === null || (asked && pools.length === 0) ? [] : madeAgainEffects(choice, pools)} />
      }
      verb={verb}
      keep="Leave them as they are"
      danger={choice === 'ours'}
      wide
      pending={resolve.isPending}
      error={resolve.error}
      stale="Some of them were changed meanwhile, and nothing was decided. What stands above is already how they are now: look again, then decide."
      result={resolve.data === undefined ? over : <Decided {...resolve.data} choice={choice} />}
      onSubmit={(reason) =>
        choice !== null &&
        resolve.mutate({ choice, pools: pools.map(({ name, version, seen }) => ({ name, version, seen })), reason })
      }
    />
  );
}

function Decided({
  first,
  change,
  choice,
}: Outputs['cluster']['resolveMadeAgain'] & { choice: MadeAgainChoice | null }) {
  return (
    <>
      It is decided:{' '}
      {first !== change.id && (
        <>
          <ChangeLink id={first} /> to{' '}
        </>
      )}
      <ChangeLink id={change.id} />.{choice === 'ours' && <Follows />}
    </>
  );
}
