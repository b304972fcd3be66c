/**
 * Runs the parts, in lanes (parts.ts), and goes on after a failure. Arguments name the parts to run (default: all).
 * After the counts of the parts it names what failed, and the last line sums up. Exit code 1 when something failed; with CI=true a skip is a failure too.
 */
import { chmodSync } from 'node:fs';
import { passingFolder } from '../../server/testing/passing-folder.ts';
import { add, type Counts, none, summary } from './counts.ts';
import { failureText, LAST_WORDS, unnamedFailureText } from './failures.ts';
import { type Lane, type Outcome, type Part, parts } from './parts.ts';

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !parts.some((part) => part.name === name));
if (unknown.length > 0) {
  console.error(
    `parts must be among ${[...new Set(parts.map((part) => part.name))].join(', ')}: ${unknown.join(', ')}`,
  );
  process.exit(2);
}

interface Ran extends Outcome {
  readonly part: Part;
  readonly seconds: number;
  /** the lines that it said last */
  readonly lastWords: readonly string[];
}

// what tests make in the temporary directory goes with this run, however it ends. Paths of sockets in it must be short, and
// PostgreSQL, which is another user, must come through
const temporary = passingFolder('ogt-');
chmodSync(temporary.path, 0o711);
process.env['TMPDIR'] = temporary.path;

const strict = process.env['CI'] === 'true';
const chosen = parts.filter((part) => asked.length === 0 || asked.includes(part.name));
const ran: Ran[] = [];
await runLane('first');
await Promise.all([runLane('node'), runLane('service'), runLane('waiting')]);

const inOrder = chosen.flatMap((part) => ran.filter((one) => one.part === part));
const lines = inOrder.map(
  ({ part, counts, seconds }) => `${part.name.padEnd(12)} ${summary(counts).padEnd(40)} ${seconds.toFixed(1)} s`,
);
const failed = inOrder.flatMap(({ part, counts, failures, lastWords }) => {
  if (failures.length > 0) return [failureText(part.name, failures)];
  return counts.failed > 0 ? [unnamedFailureText(part.name, lastWords)] : [];
});
const total = inOrder.reduce((sum, { counts }) => add(sum, counts), none);
console.log(`\n${lines.join('\n')}\n\n${[...failed, summary(total)].join('\n\n')}`);
process.exit(total.failed > 0 ? 1 : 0);

async function runLane(lane: Lane): Promise<void> {
  for (const part of chosen.filter((one) => one.lane === lane)) {
    console.log(`\n== ${part.name}: ${part.what}`);
    const began = Date.now();
    const lastWords: string[] = [];
    const { counts, failures } = await part.run((line) => {
      console.log(`${part.name.padEnd(10)} | ${line}`);
      lastWords.push(line);
      if (lastWords.length > LAST_WORDS) lastWords.shift();
    });
    const seconds = (Date.now() - began) / 1000;
    ran.push({ part, counts: withStrictness(counts), failures, seconds, lastWords });
    console.log(`== ${part.name}: ${summary(counts)}, ${seconds.toFixed(0)} s`);
  }
}

function withStrictness(counts: Counts): Counts {
  return strict ? { passed: counts.passed, failed: counts.failed + counts.skipped, skipped: 0 } : counts;
}
