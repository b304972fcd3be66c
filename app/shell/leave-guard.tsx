'use client';
import { useRouter } from 'next/navigation';
import { useEffect, useState, useSyncExternalStore } from 'react';
import { Button } from '../components/button.tsx';
import { Dialog } from '../components/dialog.tsx';

/** What would be lost by leaving this page now, as a sentence; null when nothing would. */
export function useLeaveGuard(loss: string | null): void {
  useEffect(() => {
    if (loss === null) return;
    guard = loss;
    const onBeforeUnload = (event: BeforeUnloadEvent): void => event.preventDefault();
    window.addEventListener('beforeunload', onBeforeUnload);
    return () => {
      guard = null;
      window.removeEventListener('beforeunload', onBeforeUnload);
    };
  }, [loss]);
}

/** Goes to a page of ours, asking first when something would be lost. For everything that is not a plain link. */
export function useGo(): (href: string) => void {
  const router = useRouter();
  return (href) => {
    if (guard === null) router.push(href);
    else ask(href);
  };
}

/** In the shell: links are caught here, so that no page has to think of it. */
export function LeaveQuestion() {
  const router = useRouter();
  const href = useSyncExternalStore(
    subscribe,
    () => asked,
    () => null,
  );
  const [loss, setLoss] = useState('');
  useEffect(() => {
    function onClick(event: MouseEvent): void {
      if (guard === null || event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey) return;
      const link = event.target instanceof Element ? event.target.closest('a[href]') : null;
      if (!(link instanceof HTMLAnchorElement) || link.target === '_blank' || link.hasAttribute('download')) return;
      if (link.origin !== location.origin || link.pathname === location.pathname) return;
      event.preventDefault();
      event.stopPropagation();
      ask(`${link.pathname}${link.search}`);
    }
    document.addEventListener('click', onClick, true);
    return () => document.removeEventListener('click', onClick, true);
  }, []);
  useEffect(() => {
    if (href !== null) setLoss(guard ?? '');
  }, [href]);
  return (
    <Dialog
      open={href !== null}
      onClose={() => ask(null)}
      title="Leave without saving?"
      description={loss}
      footer={
        <>
          <Button onClick={() => ask(null)}>Stay and go on editing</Button>
          <Button
            look="danger"
            onClick={() => {
              guard = null;
              const to = href;
              ask(null);
              if (to !== null) router.push(to);
            }}
          >
            Leave and lose it
          </Button>
        </>
      }
    >
      <p>Nothing of it has reached the server.</p>
    </Dialog>
  );
}

let guard: string | null = null;
let asked: string | null = null;
const listeners = new Set<() => void>();
function ask(href: string | null): void {
  asked = href;
  for (const listener of listeners) listener();
}
function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
