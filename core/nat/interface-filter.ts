/** `iptablesNATOutgoingInterfaceFilter`: a name, or the beginning of names when it ends in `+`. */

/** True when a connection that leaves by this interface passes the filter. */
export function passesFilter(filter: string, outInterface: string): boolean {
  return filter.endsWith('+') ? outInterface.startsWith(filter.slice(0, -1)) : outInterface === filter;
}

/** `+` alone fits every interface: iptables drops it from the rule, so it is no filter at all. */
export const filterOf = (text: string | undefined): string | null =>
  text === undefined || text === '' || text === '+' ? null : text;
