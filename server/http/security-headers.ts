/** What every answer says to the browser about itself. Nothing of third parties is ever loaded. */

export interface HeaderOptions {
  /** fresh for each request: the only scripts that run are those our own pages were sent with */
  readonly nonce: string;
  /** the public address is https */
  readonly secure: boolean;
  /** Next's development build evaluates code and opens a socket to reload */
  readonly dev: boolean;
}

export function contentSecurityPolicy({ nonce, dev }: HeaderOptions): string {
  return [
    "default-src 'self'",
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'${dev ? " 'unsafe-eval'" : ''}`,
    // style elements need the nonce; style attributes carry measured sizes and positions, and cannot load anything
    dev ? "style-src 'self' 'unsafe-inline'" : `style-src 'self' 'nonce-${nonce}'`,
    "style-src-attr 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self'",
    `connect-src 'self'${dev ? ' ws:' : ''}`,
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ');
}

export function securityHeaders(options: HeaderOptions): readonly (readonly [string, string])[] {
  return [
    ['content-security-policy', contentSecurityPolicy(options)],
    ['x-content-type-options', 'nosniff'],
    ['x-frame-options', 'DENY'],
    ['referrer-policy', 'same-origin'],
    ['permissions-policy', 'camera=(), geolocation=(), microphone=(), payment=(), usb=()'],
    ['cross-origin-opener-policy', 'same-origin'],
    ['cross-origin-resource-policy', 'same-origin'],
    ...(options.secure ? ([['strict-transport-security', 'max-age=31536000']] as const) : []),
  ];
}
