'use client';
import { Check, Copy } from 'lucide-react';
import { useState } from 'react';
import { Button } from './button.tsx';

export function CopyButton({ text }: { text: string }) {
  const [state, setState] = useState<'idle' | 'done' | 'failed'>('idle');
  async function copy(): Promise<void> {
    try {
      await navigator.clipboard.writeText(text);
      setState('done');
    } catch {
      // no clipboard without https or permission: the text can still be marked by hand
      setState('failed');
    }
    setTimeout(() => setState('idle'), 2000);
  }
  return (
    <Button small look="ghost" onClick={() => void copy()}>
      {state === 'done' ? <Check aria-hidden /> : <Copy aria-hidden />}
      <span role="status">{state === 'done' ? 'Copied' : state === 'failed' ? 'Refused by the browser' : 'Copy'}</span>
    </Button>
  );
}
