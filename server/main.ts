/** `node server/main.ts`. */
import { run } from './run.ts';

await run({ pages: true });
