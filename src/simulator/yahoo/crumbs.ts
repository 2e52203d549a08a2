import { randomBytes } from 'node:crypto';

/** The crumb all clients of this market have, until it is renewed. */
export interface Crumbs {
  current(): string;
  /** From now on the old one is invalid. */
  renew(): void;
}

export function createCrumbs(): Crumbs {
  let crumb = newCrumb();
  return {
    current: () => crumb,
    renew: () => {
      crumb = newCrumb();
    },
  };
}

/** Eleven characters; like Yahoo's own it has some that must be escaped in a query. */
function newCrumb(): string {
  return `s/${randomBytes(6).toString('base64url').replaceAll(/[-_]/g, '.')}=`;
}
