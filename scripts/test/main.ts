/**
 * Runs the parts one after the other and goes on after a failure. Arguments name the parts to run (default: all).
 * After the counts of the parts it names what failed, and the last line sums up. Exit code 1 when something failed; with CI=true a skip is a failure too.
 */
import { add, type Counts, none, summary } from './counts.ts';
import { failureText } from './failures.ts';
import { parts } from './parts.ts';

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !parts.some((part) => part.name === name));
if (unknown.length > 0) {
  console.error(`parts must be among ${parts.map((part) => part.name).join(', ')}: ${unknown.join(', ')}`);
  process.exit(2);
}

const strict = process.env['CI'] === 'true';
const chosen = parts.filter((part) => asked.length === 0 || asked.includes(part.name));
const lines: string[] = [];
const failed: string[] = [];
let total: Counts = none;
for (const part of chosen) {
  console.log(`\n== ${part.name}: ${part.what}`);
  const began = Date.now();
  const { counts: found, failures } = await part.run();
  const counts = withStrictness(found);
  if (failures.length > 0) failed.push(failureText(part.name, failures));
  else if (counts.failed > 0) failed.push(`FAILED ${part.name}: its own words are above`);
  total = add(total, counts);
  lines.push(`${part.name.padEnd(12)} ${summary(counts).padEnd(40)} ${((Date.now() - began) / 1000).toFixed(1)} s`);
}
console.log(`\n${lines.join('\n')}\n\n${[...failed, summary(total)].join('\n\n')}`);
process.exit(total.failed > 0 ? 1 : 0);

function withStrictness(counts: Counts): Counts {
  return strict ? { passed: counts.passed, failed: counts.failed + counts.skipped, skipped: 0 } : counts;
}
