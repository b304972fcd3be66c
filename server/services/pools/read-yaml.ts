/** Pools of a pasted or uploaded manifest. */
import { AppError } from '../app-error.ts';
import { makeThread } from '../thread.ts';
import { poolsOfYaml, type YamlPools } from './yaml.ts';

/** characters: what is read in some 50 ms is read at once, the rest in a thread of its own */
const AT_ONCE = 16_000;
const MOST_WAITING = 8;

const thread = makeThread<string, YamlPools>(new URL('./yaml-thread.ts', import.meta.url), MOST_WAITING);

/** Throws YAML_UNREADABLE with every problem (at most 100), TOO_MANY_ATTEMPTS when others have much to read. */
export async function readPoolYaml(text: string): Promise<Extract<YamlPools, { ok: true }>> {
  const read = text.length <= AT_ONCE ? poolsOfYaml(text) : await thread.run(text);
  if (!read.ok) throw new AppError('YAML_UNREADABLE', read.message, { issues: read.issues });
  return read;
}
