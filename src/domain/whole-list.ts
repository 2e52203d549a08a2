import { exchangeDay } from './exchange-time.ts';

/** A list as it was seen too short before, if it was. */
interface EarlierDoubt {
  /** Days, New York, on which it was as short, one after the other. */
  readonly doubtedDays: number;
  readonly doubtedAt: Date | null;
  readonly doubtedInstruments: number | null;
}

/** The share of the names of the last whole list that the next one has at least. */
const wholeShare = 0.98;
/** Lists as short as each other have as many names, within this share. */
const alikeShare = 0.01;
/** On so many days a list has to be as short before it is taken for the truth: no market loses a fiftieth overnight. */
const daysToBelieve = 3;

/** What to make of a list: `days` counts those on which it was as short as today. */
type ListVerdict = { readonly believed: true } | { readonly believed: false; readonly days: number };

/**
 * Whether a list of instruments is whole: it has 98 % of the names of the last whole one, or was as short, within 1 %,
 * on three days of New York.
 */
export function judgeList(
  {
    instruments,
    at,
    mayBeEmpty,
  }: { readonly instruments: number; readonly at: Date; readonly mayBeEmpty: boolean },
  last: ({ readonly instruments: number } & EarlierDoubt) | null,
): ListVerdict {
  if (last === null) return instruments > 0 || mayBeEmpty ? { believed: true } : { believed: false, days: 0 };
  if (instruments >= wholeShare * last.instruments) return { believed: true };
  const { doubtedDays, doubtedAt, doubtedInstruments } = last;
  const difference = Math.abs(instruments - (doubtedInstruments ?? Infinity));
  if (doubtedAt === null || difference > alikeShare * instruments) return { believed: false, days: 1 };
  const isLater = exchangeDay(at.getTime()) > exchangeDay(doubtedAt.getTime());
  const days = doubtedDays + (isLater ? 1 : 0);
  return days >= daysToBelieve ? { believed: true } : { believed: false, days: Math.max(1, days) };
}
