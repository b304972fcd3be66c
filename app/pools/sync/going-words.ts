/** What is said of a pool of which the cluster's object goes, deleted here or by others, and which ways lead on then. Pure. */
import { listed, type Stand, type Way } from './sync-words.ts';

export interface Going {
  /** it was deleted here, and the pool that is desired is made when it is gone */
  here: boolean;
  /** the cluster deletes it already: nothing keeps it any more */
  deleting: boolean;
  /** what holds it there meanwhile, as far as that is known */
  finalizers: readonly string[];
}

/** `why`: what is said of one that stays. */
export function whyIfGoing(why: string, { reason, policy }: Pick<Stand, 'reason' | 'policy'>, going: Going): string {
  const held = heldBy(going.finalizers);
  if (reason === 'BeingDeleted')
    return [why, ...held, policy === 'enforce' ? AGAIN_BY_POLICY : 'Then ours can be made again.'].join(' ');
  if (!going.here) return [why, 'It is being deleted there.', ...held].join(' ');
  const first =
    'The object that is there was deleted here and goes first: nodes follow it until it is gone, and then the one that is desired is made.';
  if (reason === 'DeletionRefused') return why;
  return [...(reason === 'WaitingForCluster' ? [] : [why]), first, ...held].join(' ');
}

/** `ways`: those of one that stays. */
export const waysIfGoing = (ways: readonly Way[], name: string, sync: Stand, going: Going): Way[] =>
  ways.map((way) => {
    if (way.choice === 'ours') return { ...way, refused: whyNotOurs(way, sync, going) };
    if (!going.deleting) {
      const kept = 'The object that is there stays, where it is not gone by then: its deletion here is taken back.';
      return { ...way, effects: [kept, ...way.effects] };
    }
    if (way.choice === 'release') return { ...way, effects: [way.effects[0] ?? '', GOES_ANYHOW] };
    if (sync.reason === 'BeingDeleted') {
      const effects = [
        `${name} is deleted here, as it is there.`,
        'Nodes follow it until it is gone there, and then go on without it.',
      ];
      return { choice: 'theirs', verb: 'Take theirs: delete it here', effects, refused: null };
    }
    return {
      ...way,
      refused: going.here ? 'What is there is going and cannot be kept. Ours is made by itself when it is gone.' : WAIT,
    };
  });

function whyNotOurs({ refused }: Way, { reason, policy }: Stand, { here }: Going): string {
  if (reason === 'BeingDeleted')
    return policy === 'enforce'
      ? AGAIN_BY_POLICY
      : 'What is written to it goes with it. Once it is gone there, ours can be made again.';
  if (!here) return WAIT;
  return (
    refused ?? 'The object that is there goes first, and no force is needed: ours is made by itself when it is gone.'
  );
}

const AGAIN_BY_POLICY = 'When it is gone it is made again by itself: the policy is enforce.';
const GOES_ANYHOW = 'It goes in the cluster all the same: nodes follow it until it is gone there.';
const WAIT = 'It is being deleted in the cluster: wait until it is gone.';

export const heldBy = (finalizers: readonly string[]): string[] =>
  finalizers.length === 0
    ? []
    : [`It is held there by the ${finalizers.length === 1 ? 'finalizer' : 'finalizers'} ${listed(finalizers)}.`];
