'use client';
import { clsx } from 'clsx';
import { X } from 'lucide-react';
import { Dialog as Radix } from 'radix-ui';
import { type ReactNode, useRef } from 'react';
import { IconButton } from './button.tsx';

/**
 * A modal, for destructive acts, the palette and the keyboard map alone. Focus starts in its first field, if it has one, and
 * returns to what opened it, or, where that is gone with what was decided, to where it stood.
 */
export function Dialog({
  open,
  onClose,
  title,
  description,
  wide,
  footer,
  children,
}: {
  open: boolean;
  onClose: () => void;
  title: string;
  description?: ReactNode;
  wide?: boolean;
  footer?: ReactNode;
  children: ReactNode;
}) {
  // Radix returns focus to a trigger of its own, and ours are opened from anywhere
  const opener = useRef<Element[]>([]);
  const body = useRef<HTMLDivElement>(null);
  return (
    <Radix.Root open={open} onOpenChange={(next) => !next && onClose()}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-40 bg-scrim" />
        <Radix.Content
          onOpenAutoFocus={(event) => {
            opener.current = withAncestors(document.activeElement);
            const field = body.current?.querySelector<HTMLElement>('input, select, textarea');
            if (!field) return;
            event.preventDefault();
            // what is to be decided about stands above the field, and must stay in sight
            field.focus({ preventScroll: true });
          }}
          onCloseAutoFocus={(event) => {
            event.preventDefault();
            focusFirstLeft(opener.current);
          }}
          {...(description === undefined ? { 'aria-describedby': undefined } : {})}
          className={clsx(
            'fixed top-[12vh] left-1/2 z-50 flex max-h-[76vh] w-[calc(100vw-2rem)] -translate-x-1/2 flex-col overflow-hidden rounded-xl bg-surface-pop shadow-pop',
            wide ? 'max-w-3xl' : 'max-w-lg',
          )}
        >
          <header className="flex items-start gap-3 border-b border-line-faint py-3 pr-3 pl-4">
            <div className="min-w-0 flex-1 wrap-anywhere">
              <Radix.Title className="text-base font-semibold text-ink-1">{title}</Radix.Title>
              {description !== undefined && (
                <Radix.Description className="mt-0.5 text-sm text-ink-2">{description}</Radix.Description>
              )}
            </div>
            <Radix.Close asChild>
              <IconButton label="Close (Esc)">
                <X aria-hidden className="size-4" />
              </IconButton>
            </Radix.Close>
          </header>
          <div ref={body} className="min-h-0 flex-1 overflow-auto px-4 py-3">
            {children}
          </div>
          {footer !== undefined && (
            <footer className="flex flex-wrap items-center justify-end gap-2 border-t border-line-faint px-4 py-3">
              {footer}
            </footer>
          )}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

function withAncestors(element: Element | null): Element[] {
  return element === null ? [] : [element, ...withAncestors(element.parentElement)];
}

/** What was made focusable for this takes no place among what Tab reaches. */
function focusFirstLeft([opener, ...ancestors]: readonly Element[]): void {
  const left = [opener, ...ancestors].find((one) => one?.isConnected);
  if (!(left instanceof HTMLElement) || left === document.body) return;
  if (left !== opener) left.tabIndex = -1;
  left.focus({ preventScroll: left !== opener });
}
