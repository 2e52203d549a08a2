import type { RejectedRecord } from '../../domain/rejected-record.ts';
import { cutText } from '../../domain/storable-text.ts';
import type { RunEvent } from '../../store/run-events.ts';

const namedRecords = 3;
/** No ticker is longer. */
const longestSymbol = 50;

/** What was rejected, one event a symbol: how many records, and the fields at fault of the first. */
export function rejectedEvents(rejected: readonly RejectedRecord[]): readonly RunEvent[] {
  return [...Map.groupBy(rejected, ({ symbol }) => symbol)].map(([symbol, own]) => ({
    level: 'warn',
    ...(symbol === null ? {} : { symbol: cutText(symbol, longestSymbol) }),
    message: messageOf(own),
    data: { kind: 'Quarantined', rejected: own.length, fields: [...new Set(own.map(({ field }) => field))] },
  }));
}

function messageOf(own: readonly RejectedRecord[]): string {
  const named = own.slice(0, namedRecords).map(({ session, wrong }) => `${session ?? 'no date'} (${wrong})`);
  const more = own.length > named.length ? ` and ${own.length - named.length} more` : '';
  return `${own.length} rejected, and kept as evidence: ${named.join(', ')}${more}`;
}
