import type { NextConfig } from 'next';

/** Next is the page renderer alone: API, sign-in and headers (with the CSP nonce) belong to server/http. */
const config: NextConfig = {
  reactStrictMode: true,
  poweredByHeader: false,
  devIndicators: false,
  // the address that `npm run dev` prints; Next itself would take only localhost for its reload socket
  allowedDevOrigins: ['127.0.0.1'],
  turbopack: { root: import.meta.dirname },
};

export default config;
