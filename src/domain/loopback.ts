/** What this machine alone reaches. */
export const loopback = '127.0.0.1';

/** Whether this machine alone reaches an address. */
export function isLoopback(address: string): boolean {
  return /^127(\.\d+){3}$/.test(address) || address === '::1';
}

/** The address at which this machine reaches what listens on a host: 0.0.0.0 and :: are all of its own. */
export function reachedAt(host: string): string {
  if (host === '::') return '::1';
  return host === '0.0.0.0' ? loopback : host;
}
