// `npm run outgate|agent|bench`: runs one of our TypeScript programs on Node 24. Its stdout stays its own.
import { handOver, requireNode20 } from './setup/hand-over.mjs';
import { ensurePackages } from './setup/packages.mjs';

requireNode20();
ensurePackages();
const [program, ...args] = process.argv.slice(2);
handOver(program, args);
