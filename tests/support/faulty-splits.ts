import { sessionsBetween } from '../../src/calendar/exchange-calendar.ts';
import { dayNumber } from '../../src/domain/date-range.ts';
import type { CorporateActionKind } from '../../src/domain/corporate-action.ts';
import type { KnownAction } from '../../src/domain/judged-action.ts';
import type { SourceName } from '../../src/domain/source.ts';

/** Numbers between 0 and 1, the same for the same seed. */
export function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export interface PriceRow {
  readonly session: string;
  readonly open: number;
  readonly close: number;
}

/** One split as it was, as two sources tell it, and as one of them adjusts for it. */
export interface FaultySplit {
  readonly exDate: string;
  readonly ratio: number;
  readonly kind: CorporateActionKind;
  readonly records: readonly KnownAction[];
  /** In the shares of each session's own day, oldest first. */
  readonly traded: readonly PriceRow[];
  /** As the adjusting source gives them, whatever it has made of them. */
  readonly adjusted: readonly PriceRow[];
  /** What is wrong, for messages. */
  readonly faults: string;
}

const sessions = sessionsBetween({ from: '2023-05-01', to: '2023-09-29' }).map(({ session }) => session);
const days = new Map(sessions.map((session) => [session, dayNumber(session)]));

/** The day of a session of faulty splits, since 1970-01-01. */
export const dayOfSession = (session: string): number => days.get(session) ?? NaN;

const ratios = [2, 3, 4, 5, 7, 10, 20, 1.5, 1.05, 1.25, 1.281, 1.046, 0.5, 0.1, 1 / 15, 1 / 30, 0.2];
const wrongRatios = [2, 3, 10, 12, 6, 20, 150, 1.2, 0.1, 1 / 12, 1 / 150];

type Telling = 'right' | 'date' | 'ratio' | 'twice' | 'missing';
type Adjusting = 'right' | 'late' | 'early' | 'never';

/** A split of which each source tells a fifth wrongly, and the adjusting one adjusts a fifth wrongly. */
export function faultySplit(random: () => number, adjustingSource: SourceName = 'yahoo'): FaultySplit {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const at = 40 + Math.floor(random() * (sessions.length - 80));
  const exDate = sessions[at] ?? '';
  const ratio = pick(ratios);
  const kind = ratio === 1.281 || ratio === 1.046 ? 'spin_off' : ratio > 1 ? 'split' : 'reverse_split';
  const telling = (): Telling =>
    random() < 0.2 ? pick(['date', 'ratio', 'twice', 'missing'] as const) : 'right';
  const polygon = telling();
  const other = telling();
  // Both wrong in the same way is beyond what anybody can see.
  const yahoo = other === polygon && other !== 'right' && other !== 'twice' ? 'right' : other;
  const adjusting: Adjusting = random() < 0.2 ? pick(['late', 'early', 'never'] as const) : 'right';
  const shift = () => pick([-9, -5, -3, -2, -1, 1, 2, 3, 5, 9]);
  const tell = (source: SourceName, how: Telling, id: number): KnownAction[] => {
    const action = { id, source, kind, exDate, ratio, amount: null, dividendType: null } as KnownAction;
    if (how === 'missing') return [];
    if (how === 'date') return [{ ...action, exDate: sessions[at + shift()] ?? exDate }];
    if (how === 'ratio') {
      // What differs by less than a tenth no price can tell.
      const others = wrongRatios.filter((one) => Math.abs(Math.log(one / ratio)) > 0.1);
      const told = random() < 0.3 && Math.abs(Math.log(ratio)) > 0.05 ? 1 / ratio : pick(others);
      return [{ ...action, ratio: told, kind: told > 1 ? 'split' : 'reverse_split' }];
    }
    return how === 'twice' ? [action, { ...action, id: id + 1 }] : [action];
  };
  const volatility = pick([0.005, 0.01, 0.02, 0.03]);
  const traded = walk(random, { at, ratio, volatility });
  const boundary = { right: at, late: at + 5, early: at - 4, never: 0 }[adjusting];
  const adjusted = traded.map((row, place) => (place < boundary ? divided(row, ratio) : row));
  return {
    exDate,
    ratio,
    kind,
    records: [...tell('polygon', polygon, 1), ...tell(adjustingSource, yahoo, 11)],
    traded,
    adjusted,
    faults: `${exDate} ${ratio} polygon ${polygon}, ${adjustingSource} ${yahoo}, adjusts ${adjusting}`,
  };
}

function walk(
  random: () => number,
  { at, ratio, volatility }: { readonly at: number; readonly ratio: number; readonly volatility: number },
): readonly PriceRow[] {
  const normal = () => Math.sqrt(-2 * Math.log(random() + 1e-12)) * Math.cos(2 * Math.PI * random());
  let price = 20 + 200 * random();
  return sessions.map((session, place) => {
    if (place === at) price /= ratio;
    const open = price * Math.exp(0.5 * volatility * normal());
    price = open * Math.exp(volatility * normal());
    return { session, open, close: price };
  });
}

function divided({ session, open, close }: PriceRow, ratio: number): PriceRow {
  return { session, open: open / ratio, close: close / ratio };
}
