// The engine's one-shot commands. A failure is a log line on stderr that holds Prisma's code for it.
import { createDatabase, withClient } from './databases.mjs';

const COMMANDS = {
  'can-connect-to-database': (url) => withClient(url, (client) => client.query('SELECT 1')),
  'create-database': createDatabase,
};
const PRISMA_CODES = { '3D000': 'P1003', '28P01': 'P1000', '42P04': 'P1009' };

/** Resolves with the exit code. */
export async function runCommand(name, url) {
  try {
    const command = COMMANDS[name];
    if (command === undefined)
      throw new Error(`the command must be one of ${Object.keys(COMMANDS).join(', ')}: ${name}`);
    await command(url);
    return 0;
  } catch (error) {
    const fields = {
      message: error.message || error.code,
      is_panic: false,
      error_code: PRISMA_CODES[error.code] ?? 'P1001',
    };
    const line = { timestamp: new Date().toISOString(), level: 'ERROR', fields, target: 'schema_engine::logger' };
    // the CLI looks for the line after a line break
    process.stderr.write(`\n${JSON.stringify(line)}\n`);
    return 1;
  }
}
