/** What `docker compose config` makes of a file, without Docker: by the program beside this. */
import { join } from 'node:path';
import { ownProgram } from '../../e2e/cluster/binaries/own-program.ts';

export const composeConfig = () =>
  ownProgram(join(import.meta.dirname, 'compose-config'), {
    purpose: 'check docker-compose.yml',
    cold: 'half a minute',
  });
