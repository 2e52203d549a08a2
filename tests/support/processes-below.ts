import { globSync, readFileSync } from 'node:fs';

interface FoundProcess {
  readonly pid: number;
  readonly parent: number;
  /** Its words, each but the first behind a NUL. */
  readonly command: string;
}

/** What a process has started, and what that has, the eldest first; Linux alone tells. */
export function processesBelow(root: number): readonly FoundProcess[] {
  const all = globSync('/proc/[0-9]*').flatMap(read);
  const below = (pid: number): readonly FoundProcess[] =>
    all.filter(({ parent }) => parent === pid).flatMap((child) => [child, ...below(child.pid)]);
  return below(root);
}

function read(folder: string): readonly FoundProcess[] {
  try {
    // The name may hold blanks and brackets; what follows the last bracket does not.
    const [, parent = ''] = readFileSync(`${folder}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    const command = readFileSync(`${folder}/cmdline`, 'utf8');
    return [{ pid: Number(folder.slice('/proc/'.length)), parent: Number(parent), command }];
  } catch (error) {
    // It has ended in between.
    if (error instanceof Error && 'code' in error && ['ENOENT', 'ESRCH'].includes(String(error.code)))
      return [];
    throw error;
  }
}
