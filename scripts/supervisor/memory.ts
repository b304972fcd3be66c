/**
 * How much of the server's memory is garbage. Pages of lists are megabytes each: by its defaults the C library keeps what was
 * freed for itself, in as many arenas as there are threads, and V8 lets its youngest objects alone take 130 MB. The container
 * has the same (deploy/containers/server.Dockerfile).
 */
export const MEMORY = {
  MALLOC_ARENA_MAX: '2',
  MALLOC_MMAP_THRESHOLD_: '131072',
  NODE_OPTIONS: '--max-semi-space-size=8',
};
