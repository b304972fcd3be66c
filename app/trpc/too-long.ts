/** What is asked about may be whole files, or the settings of every node: too long for an address. */

/** Proxies and Node refuse addresses that are some thousands of characters long; a batch is split before that, a question cannot be. */
export const LONGEST_ADDRESS = 4_000;

/** Whether a question of this input must be sent in a body. Half is left for its name, and for what is asked with it. */
export const isTooLong = (input: unknown): boolean =>
  encodeURIComponent(JSON.stringify(input ?? null)).length > LONGEST_ADDRESS / 2;
