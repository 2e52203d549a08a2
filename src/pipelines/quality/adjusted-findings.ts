import { dateOfDayNumber, dayNumber, type DateRange } from '../../domain/date-range.ts';
import { severities } from '../../domain/severity.ts';
import type { SourceName } from '../../domain/source.ts';
import { evident } from '../../quality/rule.ts';
import { adjustedClose, type AdjustedFault, type KnownPayment } from '../../quality/rules/adjusted-close.ts';
import { storedSteps, type StoredSteps } from '../../store/adjusted-closes.ts';
import type { Database } from '../../store/database.ts';
import type { Finding } from '../../store/findings.ts';
import { storedPayments, type StoredPayment } from '../../store/known-payments.ts';
import type { JudgedBars } from './judged-bars.ts';

/** What is known of the adjusted close of an instrument, and of what was paid. */
export interface PaidOut extends StoredSteps {
  readonly payments: readonly StoredPayment[];
}

/** The same of instruments from a source; those whose adjusted close it does not tell are left out. */
export async function paidOut(
  db: Database,
  source: SourceName,
  instrumentIds: readonly number[],
): Promise<ReadonlyMap<number, PaidOut>> {
  const steps = await storedSteps(db, source, instrumentIds);
  if (steps.size === 0) return new Map();
  const payments = await storedPayments(db, [...steps.keys()]);
  return new Map(
    steps.entries().map(([id, stored]) => [id, { ...stored, payments: payments.get(id) ?? [] }]),
  );
}

interface JudgedPayments {
  readonly instrumentId: number;
  readonly source: SourceName;
  readonly range: DateRange;
  readonly bars: JudgedBars;
  readonly paid: PaidOut;
}

/** What the adjusted close of a source has that no payment explains within a range, or lacks: a finding a session. */
export function adjustedFindings(judged: JudgedPayments): readonly Finding[] {
  const { instrumentId, source, bars, paid } = judged;
  const { steps, covered, payments } = paid;
  const [from, to] = [dayNumber(judged.range.from), dayNumber(judged.range.to)];
  const faults = adjustedClose
    .judge({
      ...{ day: bars.series.day, close: bars.series.close, steps },
      isCovered: (day) => covered.some(([first, last]) => day >= first && day <= last),
      payments: inShares(
        bars,
        payments.filter(({ status }) => status === 'effective'),
      ),
      told: inShares(
        bars,
        payments.filter((one) => one.source === source),
      ),
      unclear: unclearDays(payments),
    })
    .filter(({ day }) => day >= from && day <= to);
  return [...Map.groupBy(faults, ({ day }) => day)].map(([day, found]): Finding => {
    const session = dateOfDayNumber(day);
    return {
      ...{ rule: adjustedClose.id, instrumentId, source, interval: '1d' },
      severity: severities.find((one) => found.some(({ severity }) => severity === one)) ?? 'warn',
      range: { from: session, to: session },
      evidence: { fields: found.map((fault) => ({ field: 'adjclose', ...ownEvidence(bars, fault) })) },
    };
  });
}

/** Payments in the shares that the series is in; those whose amount nobody knows are left out. */
function inShares(bars: JudgedBars, payments: readonly StoredPayment[]): readonly KnownPayment[] {
  return payments.flatMap(({ day, amount, isGain }) => {
    return amount === null ? [] : [{ day, isGain, amount: amount / ownShares(bars, day) }];
  });
}

/** Days of which a record is not decided on, or of which none counts: what has come of them is told by other rules. */
function unclearDays(payments: readonly StoredPayment[]): ReadonlySet<number> {
  const days = Map.groupBy(payments, ({ day }) => day);
  const isClear = (own: readonly StoredPayment[]) =>
    own.some(({ status }) => status === 'effective') &&
    own.every(({ status }) => status === 'effective' || status === 'shadowed');
  return new Set([...days].filter(([, own]) => !isClear(own)).map(([day]) => day));
}

/** What is so much cash a share. */
const cash = ['close', 'amount', 'before'];

/** Evidence in the shares of its own day, so that no later split changes it. */
function ownEvidence(bars: JudgedBars, { day, evidence }: AdjustedFault): AdjustedFault['evidence'] {
  const factor = ownShares(bars, day);
  return Object.fromEntries(
    Object.entries(evidence).map(([key, value]) => {
      return [key, typeof value === 'number' && cash.includes(key) ? evident(value * factor) : value];
    }),
  );
}

/** What prices of the series are multiplied by, to be in the shares of a day. */
function ownShares({ series, ownShares: ofRow }: JudgedBars, day: number): number {
  const row = series.day.findIndex((one) => one >= day);
  return row === -1 ? 1 : ofRow(row);
}
