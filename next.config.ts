import type { NextConfig } from 'next';

/** Next is the page renderer alone: API, sign-in and headers (with the CSP nonce) belong to server/http. */
const config: NextConfig = {
  reactStrictMode: true,
  poweredByHeader: false,
  devIndicators: false,
  turbopack: { root: import.meta.dirname },
};

export default config;
