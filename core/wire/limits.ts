/** Every list of nodes carries every node's conditions: they stay short, and a node has not many. */
export const MOST_CONDITIONS = 64;
export const LONGEST_MESSAGE = 2000;
/** of what a report says otherwise; more of a rule or a name is cut */
export const LONGEST_RULE = 4000;
export const LONGEST_WORD = 300;
/** interfaces and their addresses together, and routes: more than any node of a cluster has; each question goes through all */
export const MOST_ADDRESSES = 50_000;
export const MOST_ROUTES = 50_000;
