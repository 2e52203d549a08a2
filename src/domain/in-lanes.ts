/**
 * Runs `work` over items, so many at a time, for as long as `mayBegin` allows. After an error no further item begins;
 * it is thrown once all that had begun have ended, so that what comes next meets none of them.
 */
export async function inLanes<T extends number | object>(
  items: Iterable<T>,
  lanes: number,
  work: (item: T) => Promise<void>,
  mayBegin: () => boolean = () => true,
): Promise<void> {
  const queue = [...items];
  const running = Array.from({ length: Math.min(lanes, queue.length) }, async () => {
    try {
      while (mayBegin()) {
        const item = queue.shift();
        if (item === undefined) return;
        await work(item);
      }
    } catch (error) {
      queue.length = 0;
      throw error;
    }
  });
  const failed = (await Promise.allSettled(running)).find((lane) => lane.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}
