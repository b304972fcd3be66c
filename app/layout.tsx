import { GeistMono } from 'geist/font/mono';
import { GeistSans } from 'geist/font/sans';
import type { Metadata, Viewport } from 'next';
import { headers } from 'next/headers';
import type { ReactNode } from 'react';
import './globals.css';
import { Providers } from './providers.tsx';
import { themeScript } from './shell/theme-script.ts';

export const metadata: Metadata = {
  title: { default: 'Outgate', template: '%s · Outgate' },
  description: 'See, decide and prove how traffic leaves a cluster.',
  robots: { index: false, follow: false },
};
export const viewport: Viewport = { colorScheme: 'light dark' };

/** Reading the nonce makes every page dynamic, which a nonce needs: a stored page would carry an old one. */
export default async function RootLayout({ children }: { children: ReactNode }) {
  const nonce = (await headers()).get('x-nonce') ?? '';
  return (
    <html
      lang="en"
      data-rail="auto"
      className={`${GeistSans.variable} ${GeistMono.variable}`}
      suppressHydrationWarning // the theme script sets data-theme and data-rail before React arrives
    >
      <head>
        <script nonce={nonce} suppressHydrationWarning>
          {themeScript}
        </script>
      </head>
      <body>
        <Providers nonce={nonce}>{children}</Providers>
      </body>
    </html>
  );
}
