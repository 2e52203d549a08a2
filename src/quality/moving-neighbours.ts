/** What is told as rows come into the window around one, and go. */
interface Window {
  /** The rows around one, from the first to before the end. */
  readonly spanOf: (row: number) => readonly [first: number, end: number];
  readonly enter: (row: number) => void;
  readonly leave: (row: number) => void;
}

/**
 * Moves a window from row to row: after a call those around that row have entered, without it, and no others. From one row to
 * the next few come and go, so that what is kept of them need not be made anew.
 */
export function movingNeighbours({ spanOf, enter, leave }: Window): (row: number) => void {
  let [first, end] = [0, 0];
  let without: number | null = null;
  return (row) => {
    const [nextFirst, nextEnd] = spanOf(row);
    if (without !== null) enter(without);
    if (nextFirst >= end || nextEnd <= first) {
      while (first < end) leave(first++);
      first = end = nextFirst;
    }
    while (first > nextFirst) enter(--first);
    while (end < nextEnd) enter(end++);
    while (first < nextFirst) leave(first++);
    while (end > nextEnd) leave(--end);
    leave(row);
    without = row;
  };
}
