import type { PlannedWave } from '../activities/planning.ts';

/** What a batch of a wave asks, for people: `3 of 12: 100 symbols`. */
export function batchInWords({ batches, contents }: PlannedWave, batch: number): string {
  const place = `${batch + 1} of ${batches}`;
  if (contents === undefined) return place;
  const { size, wholeMarket, perSymbol, oneEach } = contents;
  const [first, last] = [batch * size, Math.min((batch + 1) * size, wholeMarket + perSymbol)];
  const days = Math.max(0, Math.min(last, wholeMarket) - first);
  const parts = [
    counted(days, 'session of the whole market', 'sessions of the whole market'),
    oneEach
      ? counted(last - first - days, 'symbol', 'symbols')
      : counted(last - first - days, 'request of a symbol', 'requests of symbols'),
  ].filter((part) => part !== null);
  return `${place}: ${parts.join(', ')}`;
}

function counted(count: number, one: string, several: string): string | null {
  return count <= 0 ? null : `${count} ${count === 1 ? one : several}`;
}
