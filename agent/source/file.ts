/** The file source: read at start and whenever a file changes. A file that became wrong changes nothing. */
import { stat } from 'node:fs/promises';
import type { HeldState } from '../held-state.ts';
import type { Sink, Source } from './source.ts';

const POLL = 1000;

export function fileSource(path: string): Source {
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  /** undefined until the first look: an empty directory has an empty mark */
  let seen: string | undefined;

  const look = async (sink: Sink): Promise<void> => {
    const { filesOf, readState } = await import('./read-manifests.ts');
    const mark = await markOf(path, filesOf);
    if (mark !== seen) {
      seen = mark;
      const read = await readState(path);
      if (stopped) return;
      if (read.ok) {
        process.stderr.write(read.broken);
        sink.trouble(null);
        sink.state(read.held, null);
      } else sink.trouble({ reason: 'StateRefused', message: read.reasons.join('; ').slice(0, 2000) });
    }
    if (!stopped) timer = setTimeout(() => void look(sink), POLL);
  };
  return {
    start: (sink) => void look(sink),
    report: () => undefined,
    async stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}

/** Read once; the reasons when it cannot be used. */
export async function readOnce(path: string): Promise<HeldState | readonly string[]> {
  const { readState } = await import('./read-manifests.ts');
  const read = await readState(path);
  if (!read.ok) return read.reasons;
  process.stderr.write(read.broken);
  return read.held;
}

/** Changes when any file does. Inode and size catch what one tick of the clock hides (a ConfigMap swaps a symlink). */
async function markOf(path: string, filesOf: (path: string) => Promise<string[]>): Promise<string> {
  try {
    const files = await filesOf(path);
    const marks = files.map(async (file) => {
      const { ino, size, mtimeMs } = await stat(file);
      return `${file} ${ino} ${size} ${mtimeMs}`;
    });
    return (await Promise.all(marks)).join('\n');
  } catch {
    return 'unreadable';
  }
}
