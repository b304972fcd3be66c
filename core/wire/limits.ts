/** Every list of nodes carries every node's conditions: they stay short, and a node has not many. */
export const MOST_CONDITIONS = 64;
export const LONGEST_MESSAGE = 2000;
