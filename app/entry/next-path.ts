/** Where to go after signing in: a path of ours, never another site. */
export function nextPath(query: URLSearchParams): string {
  const next = query.get('next') ?? '/';
  return /^\/(?![/\\])/.test(next) && !/^\/(sign-in|setup)\b/.test(next) ? next : '/';
}
