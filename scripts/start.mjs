// `npm start`, `npm run dev` with --dev and `npm run cluster` with --cluster: sets up what is missing, then runs the product until Ctrl-C.
import { buildApiServer, buildPages, bundleAgent, generateClient } from './setup/builds.mjs';
import { ensureCommands, LAB_TOOLS } from './setup/debian.mjs';
import { handOver, requireNode20 } from './setup/hand-over.mjs';
import { ensurePackages } from './setup/packages.mjs';

requireNode20();
const dev = process.argv.includes('--dev');
ensurePackages();
if ((process.env.OUTGATE_LAB || 'auto') !== 'off') {
  for (const sentence of ensureCommands(LAB_TOOLS)) console.error(`For the lab: ${sentence}`);
}
if (process.argv.includes('--cluster')) buildApiServer();
await generateClient();
await bundleAgent();
if (!dev) await buildPages();
handOver('scripts/supervisor/main.ts', process.argv.slice(2));
