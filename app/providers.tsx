'use client';
import { QueryClientProvider } from '@tanstack/react-query';
import { setNonce } from 'get-nonce';
import { createContext, type ReactNode, useContext, useState } from 'react';
import { makeClient, makeQueryClient, TRPCProvider } from './trpc/client.ts';

const NonceContext = createContext('');
/** The CSP nonce, for the one part that makes its own style tags (the editor). */
export const useNonce = (): string => useContext(NonceContext);

export function Providers({ nonce, children }: { nonce: string; children: ReactNode }) {
  // dialogs add a style element of their own while they are open
  useState(() => setNonce(nonce));
  const [queryClient] = useState(makeQueryClient);
  const [client] = useState(makeClient);
  return (
    <NonceContext value={nonce}>
      <QueryClientProvider client={queryClient}>
        <TRPCProvider trpcClient={client} queryClient={queryClient}>
          {children}
        </TRPCProvider>
      </QueryClientProvider>
    </NonceContext>
  );
}
