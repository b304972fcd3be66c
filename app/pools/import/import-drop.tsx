'use client';
import { clsx } from 'clsx';
import { FileUp } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { handOver } from './handed-text.ts';

/** Files dropped or chosen. Without `onText` they are taken to the import page. */
export function ImportDrop({ onText }: { onText?: (text: string) => void }) {
  const router = useRouter();
  const [over, setOver] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  async function take(files: FileList | null): Promise<void> {
    setOver(false);
    if (files === null || files.length === 0) return;
    const read = await readFiles([...files]);
    if (!read.ok) return setProblem(read.problem);
    setProblem(null);
    if (onText !== undefined) return onText(read.text);
    handOver(read.text);
    router.push('/pools/import');
  }
  return (
    <div>
      <label
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={(event) => {
          event.preventDefault();
          void take(event.dataTransfer.files);
        }}
        className={clsx(
          'flex min-h-16 items-center justify-center gap-2.5 rounded-md border border-dashed px-3 text-ink-2 focus-within:outline-2 focus-within:outline-offset-2 focus-within:outline-focus',
          over ? 'border-accent bg-surface-selected' : 'border-line-control',
        )}
      >
        <FileUp aria-hidden className="size-5 flex-none text-ink-3" />
        <span>
          Drop YAML or JSON files here, or <span className="link">choose them</span>
        </span>
        <input
          type="file"
          multiple
          accept=".yaml,.yml,.json"
          className="sr-only"
          onChange={(event) => void take(event.target.files)}
        />
      </label>
      {problem !== null && (
        <p role="alert" className="mt-1 text-xs text-error-fg">
          {problem}
        </p>
      )}
    </div>
  );
}

/** As large as the server takes. */
const LIMIT = 8_000_000;

async function readFiles(files: File[]): Promise<{ ok: true; text: string } | { ok: false; problem: string }> {
  const size = files.reduce((sum, file) => sum + file.size, 0);
  if (size > LIMIT) {
    return { ok: false, problem: `Files must be at most 8 MB together: these are ${(size / 1e6).toFixed(1)} MB.` };
  }
  const texts = await Promise.all(files.map((file) => file.text()));
  return { ok: true, text: texts.map((text) => text.trimEnd()).join('\n---\n') };
}
