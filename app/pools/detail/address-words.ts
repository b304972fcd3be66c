/** Addresses in use in words: the verdict first, then what becomes of their traffic. Pure. */
export interface Use {
  readonly complete: boolean;
  readonly total: number;
  readonly pods: number;
  readonly nodes: number;
  readonly losing: number;
  readonly gaining: number;
}

export function verdictOf({ complete, total, pods, nodes }: Use): string {
  const least = complete ? '' : 'at least ';
  if (total === 0) {
    return complete ? 'No address of the pool is in use.' : 'No address was seen in use, but not every block was read.';
  }
  const verb = total === 1 ? 'is' : 'are';
  const words = `${least}${counted(total, 'address', 'addresses')} ${verb} in use: ${counted(pods, 'pod', 'pods')} on ${counted(nodes, 'node', 'nodes')}.`;
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** A sentence for each direction that changes; the last says what does not. Nothing to say of a pool that nobody lives in. */
export function trafficWords({ total, losing, gaining }: Use): string[] {
  if (total === 0) return [];
  const of = (count: number): string => (count === total ? (total === 1 ? 'it' : 'them') : `${number(count)} of them`);
  return [
    losing > 0
      ? `New connections from ${of(losing)} keep the pod address: no NAT any more.`
      : `New connections from ${of(total)} are judged as before.`,
    gaining > 0
      ? `New connections of others to ${of(gaining)} are NATed.`
      : `New connections of others to ${of(total)} are judged as before.`,
    'Connections that exist keep their mapping until they end. No address is taken back.',
  ];
}

const number = (count: number): string => count.toLocaleString('en-US');
const counted = (count: number, one: string, many: string): string => `${number(count)} ${count === 1 ? one : many}`;
