import type { BarColumns } from '../../domain/bar-columns.ts';
import { dateOfDayNumber } from '../../domain/date-range.ts';
import type { Listing } from '../../domain/foreign-bars.ts';
import type { Interval } from '../../domain/interval.ts';
import type { SourceName } from '../../domain/source.ts';
import type { Finding } from '../../store/findings.ts';
import type { RunEvent } from '../../store/run-events.ts';

/** Bars under an instrument's ticker on days on which it was not listed, oldest first; there may be none. */
export interface ForeignBars extends Listing {
  readonly instrumentId: number;
  readonly symbol: string;
  readonly source: SourceName;
  readonly interval: Interval;
  readonly bars: BarColumns;
}

/** What a run says of bars that are another company's; nothing where there are none. */
export function foreignEvents(foreign: ForeignBars): readonly RunEvent[] {
  const evidence = evidenceOf(foreign);
  if (evidence === null) return [];
  const { count, first, last } = evidence;
  const message = `${count} bars from ${first} to ${last} lie outside of the listing and are left out`;
  return [{ level: 'warn', symbol: foreign.symbol, message, data: evidence }];
}

/** What is kept of bars that are another company's; nothing where there are none. */
export function foreignFindings(foreign: ForeignBars): readonly Finding[] {
  const evidence = evidenceOf(foreign);
  if (evidence === null) return [];
  const { instrumentId, source, interval } = foreign;
  const range = { from: evidence.first, to: evidence.last };
  return [
    { rule: 'bars_outside_listing', severity: 'warn', instrumentId, source, interval, range, evidence },
  ];
}

function evidenceOf({ bars, listedOn, delistedOn }: ForeignBars) {
  const [first, last] = [bars.day[0], bars.day[bars.length - 1]];
  if (first === undefined || last === undefined) return null;
  const closes = { firstClose: bars.close[0], lastClose: bars.close[bars.length - 1] };
  const range = { first: dateOfDayNumber(first), last: dateOfDayNumber(last) };
  return { count: bars.length, ...range, ...closes, listedOn, delistedOn };
}
