import { parse } from 'csv-parse/sync';
import { isCalendarDate } from '../../domain/date-range.ts';
import type { SessionDate } from '../../domain/session.ts';
import { BadBarsFile } from './bars-file.ts';
import type { SimulatedAction } from './simulated-action.ts';
import { splitTerms } from './split-terms.ts';

const header = 'last_session_before_event,kind,value';

/**
 * The actions of a CSV text, null when its header is another one. A row names the last session before the event;
 * `sessionAfter` finds the ex-date, and a row it finds none for is left out. Throws `BadBarsFile`.
 */
export function parseEvents(
  file: string,
  text: string,
  sessionAfter: (session: SessionDate) => SessionDate | null,
): readonly SimulatedAction[] | null {
  const [names, ...rows] = parse(text, {
    bom: true,
    trim: true,
    skip_empty_lines: true,
    relax_column_count: true,
  });
  if (names?.join(',') !== header) return null;
  return rows.flatMap(([before = '', kind = '', value = ''], index) => {
    const fail = (reason: string): never => {
      throw new BadBarsFile(file, index + 2, reason);
    };
    const session = before.replace(/^(\d{4})(\d\d)(\d\d)$/, '$1-$2-$3');
    if (!isCalendarDate(session)) fail(`last_session_before_event is no date: "${before}"`);
    if (!(Number(value) > 0)) fail(`value is not a positive number: "${value}"`);
    if (kind !== 'split' && !kind.startsWith('dividend'))
      fail(`kind is neither split nor dividend: "${kind}"`);
    const exDate = sessionAfter(session);
    return exDate === null ? [] : [actionOf(exDate, kind, Number(value))];
  });
}

/** The bars of a folder are as traded, so every action of it is in the prices. */
function actionOf(exDate: SessionDate, kind: string, value: number): SimulatedAction {
  const shared = { exDate, special: false, inPrices: true, news: {} };
  return kind === 'split'
    ? { ...shared, kind: 'split', terms: splitTerms(value), amount: null }
    : { ...shared, kind: 'cash_dividend', terms: null, amount: value };
}
