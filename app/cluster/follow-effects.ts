/** What following the cluster as it came back does, in sentences. Pure. */
import { firstOf } from '../../core/cluster/come-back.ts';
import type { Outputs } from '../trpc/client.ts';

export type Going = NonNullable<Outputs['cluster']['previewFollow']>;
type Lacking = Pick<Going, 'known' | 'pools' | 'settings'>;

export function followEffects({ pools: missing, settings }: Lacking): string[] {
  const pools = missing.filter(({ madeAgain }) => !madeAgain);
  const again = missing.filter(({ madeAgain }) => madeAgain);
  const natted = pools.filter(({ nats }) => nats).length;
  const exempting = pools.filter(({ exempts }) => exempts).length;
  const ours = pools.filter((pool) => pool.ours).length;
  const some = (count: number): string =>
    count === pools.length ? (count === 1 ? 'it' : 'them') : `${number(count)} of them`;
  return [
    ...(pools.length === 0
      ? []
      : [`${counted(pools.length, 'pool goes', 'pools go')}: ${firstOf(pools.map(({ name }) => name))}.`]),
    ...(natted === 0
      ? []
      : [
          `Outgoing connections from ${some(natted)} are NATed now; then they keep the pod’s address, unless another pool that NATs covers it.`,
        ]),
    ...(exempting === 0
      ? []
      : [
          `Connections to addresses in ${some(exempting)} are not NATed now; then they are, where they come from a pool that NATs and no other pool covers the address.`,
        ]),
    ...(ours === 0
      ? []
      : [
          `${number(ours)} ${ours === 1 ? 'is' : 'are'} decided here: deleted in the cluster then, and to be decided about.`,
        ]),
    ...(again.length === 0
      ? []
      : [
          `${counted(again.length, 'pool that is', 'pools that are')} decided here ${again.length === 1 ? 'is' : 'are'} made again in the cluster as desired, and ${again.length === 1 ? 'is' : 'are'} not in force until then: ${firstOf(again.map(({ name }) => name))}.`,
        ]),
    ...settings.map(
      ({ name, fields }) =>
        `FelixConfiguration ${name} goes: ${Object.entries(fields)
          .map(([field, value]) => `${field} ${value}`)
          .join(', ')} ${Object.keys(fields).length === 1 ? 'is' : 'are'} in force no longer.`,
    ),
    'What the cluster has is followed, as it is there. If more is missing by then than stands here, nothing happens.',
  ];
}

/** "7 of 10 known pools, and 1 of 2 known FelixConfigurations" */
export function lackingText({ known, pools, settings }: Lacking): string {
  return [
    ...(pools.length === 0 ? [] : [`${number(pools.length)} of ${counted(known.pools, 'known pool', 'known pools')}`]),
    ...(settings.length === 0
      ? []
      : [
          `${number(settings.length)} of ${counted(known.settings, 'known FelixConfiguration', 'known FelixConfigurations')}`,
        ]),
  ].join(', and ');
}

const counted = (count: number, one: string, many: string): string => `${number(count)} ${count === 1 ? one : many}`;
const number = (value: number): string => value.toLocaleString('en-US');
