// `npm test`: installs what is missing, then runs every check; the last line says how many passed, failed and were skipped.
import { bundleAgent, generateClient } from './setup/builds.mjs';
import { ensureCommands, TEST_TOOLS } from './setup/debian.mjs';
import { handOver, requireNode20 } from './setup/hand-over.mjs';
import { ensurePackages } from './setup/packages.mjs';

requireNode20();
ensurePackages();
for (const sentence of ensureCommands(TEST_TOOLS)) console.error(`For some tests: ${sentence}`);
await generateClient();
await bundleAgent();
handOver('scripts/test/main.ts', process.argv.slice(2));
