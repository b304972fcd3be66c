'use client';
import { Check, Copy } from 'lucide-react';
import { type ReactNode, useEffect, useState } from 'react';
import { Button } from './button.tsx';

/** Copies text (computed at the press when it is a function) and says so in its own words for two seconds. */
export function CopyButton({
  text,
  small = true,
  look = 'ghost',
  icon = <Copy aria-hidden />,
  title,
  children = 'Copy',
}: {
  text: string | (() => string);
  small?: boolean;
  look?: 'plain' | 'ghost';
  icon?: ReactNode;
  title?: string;
  children?: string;
}) {
  const [state, setState] = useState<'idle' | 'done' | 'failed'>('idle');
  useEffect(() => {
    if (state === 'idle') return;
    const timer = setTimeout(() => setState('idle'), 2000);
    return () => clearTimeout(timer);
  }, [state]);
  async function copy(): Promise<void> {
    try {
      await navigator.clipboard.writeText(typeof text === 'string' ? text : text());
      setState('done');
    } catch {
      // no clipboard without https or permission: the text can still be marked by hand
      setState('failed');
    }
  }
  const said = state === 'done' ? 'Copied' : state === 'failed' ? 'Refused by the browser' : '';
  return (
    <span className="relative inline-flex">
      <Button small={small} look={look} title={title} onClick={() => void copy()}>
        {state === 'done' ? <Check aria-hidden /> : icon}
        {said === '' ? children : said}
      </Button>
      {/* beside the button: a status inside it would leave the button without a name */}
      <span role="status" className="sr-only">
        {said}
      </span>
    </span>
  );
}
