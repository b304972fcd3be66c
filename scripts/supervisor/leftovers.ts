/** What a killed run left behind: its processes by their records, the lab by its names. */
import { endStrayAgents } from '../../e2e/lab/agents.ts';
import { listNamespaces, removeNetwork } from '../../e2e/lab/network.ts';
import { labPlan, namespacesOf } from '../../e2e/lab/plan.ts';
import { takeLock } from './machine-lock.ts';
import { endLeftovers } from './process-record.ts';

const GRACE = 5000;

/** Must run while we hold the data directory's lock. Resolves with one word for each thing that was ended or removed. */
export async function cleanLeftovers(runDir: string, labPrefix: string): Promise<string[]> {
  const found: string[] = [];
  // those that start others again go first
  for (const name of ['supervisor', 'lab']) found.push(...(await endLeftovers(runDir, (one) => one === name, GRACE)));
  found.push(...(await endLeftovers(runDir, () => true, GRACE)));
  if (process.platform === 'linux' && process.getuid?.() === 0) found.push(...(await cleanLab(labPrefix)));
  return found;
}

/** Only when nobody on this machine runs a lab with these names. */
async function cleanLab(prefix: string): Promise<string[]> {
  const lock = await takeLock(labLock(prefix));
  if (lock === null) return [];
  const plan = labPlan(prefix);
  endStrayAgents(plan);
  const present = await listNamespaces();
  const left = namespacesOf(plan).filter((name) => present.includes(name));
  if (left.length > 0) await removeNetwork(plan);
  await lock.release();
  return left;
}

export const labLock = (prefix: string): string => `outgate-lab-${prefix}`;
