/** `node server/testing/without-pages.ts`: the server where no pages were built. */
import { run } from '../run.ts';

await run({ pages: false });
