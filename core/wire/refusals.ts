/** Header of a request to `/api/trpc`: with the value `in-body` a refusal is answered with status 200, and its own status in the body. */
export const REFUSALS = 'outgate-refusals';
