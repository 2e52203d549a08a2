import { exchangeZone } from '../../domain/exchange-time.ts';
import type { Interval } from '../../domain/interval.ts';
import type { AdjustedBar } from '../../store/adjusted-bars.ts';
import type { Column } from './column.ts';
import { countText } from '../../operations/figures.ts';
import { flagText, priceText } from './figures.ts';
import { wallClock } from '../../operations/wall-clock.ts';

const { hour, minute } = wallClock(exchangeZone);

/** What a table shows of bars of an interval; the open of a daily bar is that of its session. */
export function barColumns(interval: Interval): readonly Column<AdjustedBar>[] {
  return [
    { name: 'session', cell: ({ session }) => session },
    { name: 'opens', cell: ({ opensAt }) => hour(opensAt), rank: interval === '1d' ? 3 : 1 },
    { name: 'open', cell: ({ open }) => priceText(open), right: true },
    { name: 'high', cell: ({ high }) => priceText(high), right: true },
    { name: 'low', cell: ({ low }) => priceText(low), right: true },
    { name: 'close', cell: ({ close }) => priceText(close), right: true },
    { name: 'volume', cell: ({ volume }) => countText(volume), right: true },
    { name: 'vwap', cell: ({ vwap }) => priceText(vwap), right: true, rank: 2 },
    { name: 'trades', cell: ({ trades }) => countText(trades), right: true, rank: 3 },
    { name: 'settled', cell: ({ settled }) => flagText(settled, 'settled'), rank: 2 },
    { name: 'observed', cell: ({ observedAt }) => minute(observedAt), rank: 3 },
  ];
}
