'use client';
import { useQueryClient } from '@tanstack/react-query';
import { LogOut, User } from 'lucide-react';
import { DropdownMenu } from 'radix-ui';
import { useState } from 'react';
import { Tag } from '../components/tag.tsx';
import { signOut } from './auth-requests.ts';
import { useSession } from './session.tsx';

/** Who is signed in, with which role, and the way out. */
export function AccountMenu() {
  const { user } = useSession();
  const queryClient = useQueryClient();
  const [error, setError] = useState<string | null>(null);
  async function leave(event: Event): Promise<void> {
    event.preventDefault();
    const problem = await signOut();
    if (problem !== null) return setError(problem);
    queryClient.clear();
    window.location.assign('/sign-in');
  }
  return (
    <DropdownMenu.Root>
      <DropdownMenu.Trigger
        className="flex h-7 flex-none items-center gap-1.75 rounded-md px-1 whitespace-nowrap hover:bg-surface-3 pointer-coarse:h-11"
        aria-label={`Account ${user.name}, ${user.role}`}
      >
        <span className="grid size-5.5 place-items-center rounded-full bg-surface-3 text-ink-2">
          <User aria-hidden className="size-3" />
        </span>
        <span className="max-w-40 truncate max-lg:hidden">{user.name}</span>
        <span className="max-lg:hidden">
          <Tag>{user.role}</Tag>
        </span>
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content
          align="end"
          sideOffset={6}
          className="z-40 max-w-72 min-w-52 rounded-lg bg-surface-pop p-1 shadow-pop"
        >
          <div className="px-2.5 py-2">
            <p className="font-medium break-words text-ink-1">{user.name}</p>
            <p className="text-xs break-words text-ink-3">
              {user.email}, {user.role}
            </p>
          </div>
          <DropdownMenu.Separator className="my-1 h-px bg-line-faint" />
          <DropdownMenu.Item
            onSelect={(event) => void leave(event)}
            className="flex h-8 cursor-pointer items-center gap-2 rounded-md px-2.5 text-ink-1 outline-none data-highlighted:bg-surface-3 pointer-coarse:h-11"
          >
            <LogOut aria-hidden className="size-3.5 text-ink-3" />
            Sign out
          </DropdownMenu.Item>
          {error !== null && (
            <p role="alert" className="px-2.5 pb-2 text-xs text-error-fg">
              {error}
            </p>
          )}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}
