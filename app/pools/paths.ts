export const poolPath = (name: string): string => `/pools/${encodeURIComponent(name)}`;
export const editPath = (name: string): string => `${poolPath(name)}/edit`;
export const simulateFrom = (cidr: string): string =>
  `/simulator?from=${encodeURIComponent(cidr.split('/')[0] ?? cidr)}`;
