import { hostname, userInfo } from 'node:os';

/** Who works with this command line: user and host. */
export function personHere(): string {
  return `${userName()}@${hostname()}`;
}

/** A container may run under a number that nobody has a name for. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return process.env.USER ?? `uid ${process.getuid?.() ?? ''}`;
  }
}
