import { z } from 'zod';
import { isCalendarDate } from '../domain/date-range.ts';
import { isWellFormedSymbol } from '../domain/instrument.ts';
import { isInSessionYears, sessionYears } from '../domain/session.ts';

/** How a parameter is written on the command line; one that is not registered is not offered there. */
export interface OptionText {
  /** The value's name, such as `<days>`; in square brackets where it may be left out. */
  readonly value: string;
  readonly description: string;
}

/** The parameters that the command line offers. */
export const optionTexts = z.registry<OptionText>();

function offered<T extends z.ZodType>(schema: T, value: string, description: string): T {
  optionTexts.add(schema, { value, description });
  return schema;
}

/** A whole number of at least `least`. */
export function wholeNumber(least: number): z.ZodInt {
  const wish = `a whole number from ${least} up`;
  return z.int(wish).min(least, wish).max(1e9, 'at most 1,000,000,000');
}

const knownYears = `of the years ${sessionYears.first} to ${sessionYears.last}`;

export const date = z
  .string('a date')
  .refine(isCalendarDate, { error: 'a calendar date, written YYYY-MM-DD', abort: true })
  .refine(isInSessionYears, `a date ${knownYears}`);

/** More than every market lists. */
const mostSymbols = 50_000;

export const symbolList = z
  .array(z.string('a symbol').refine(isWellFormedSymbol, 'a ticker'), 'a list of symbols')
  .min(1, 'at least one symbol')
  .max(mostSymbols, `at most ${mostSymbols.toLocaleString('en-US')} symbols`);

/** What every flow takes: whose bars, and no more than so many. */
export const whichSymbols = {
  symbols: offered(symbolList.optional(), '<list>', 'symbols separated by commas; without it the universe'),
  maxSymbols: offered(wholeNumber(1).optional(), '<count>', 'no more symbols than that'),
};

const instant = z.iso.datetime({ offset: true, error: 'an instant, ISO 8601', abort: true });

/** The moment that the parameters are read at, unless the workflow's start is meant. Only for workflows. */
export const whenAsked = {
  // By then the first sessions have closed.
  nominalTime: instant
    .refine((text) => isInSessionYears(text) && text > `${sessionYears.first}-02`, `an instant ${knownYears}`)
    .optional(),
};

/** A century of days, or more sessions than there have been. */
const mostDays = 36_525;
const dayCount = (least: number) => wholeNumber(least).max(mostDays, 'at most 36,525');
const calendarDays = dayCount(0);

/** How many sessions or calendar days; not for the command line. */
export const sessionCount = dayCount;

export const daysBack = (usual: number) =>
  offered(calendarDays.default(usual), '<days>', 'calendar days to look back');

export const optionalDaysBack = offered(calendarDays.optional(), '<days>', 'calendar days to look back');

export const incremental = offered(
  z.boolean('true or false').default(true),
  '<boolean>',
  'false asks again for what is stored',
);

/** Whether what is believed to have no bar is asked again where another source has one. Not for the command line. */
export const doubts = { doubtSilence: z.boolean('true or false').default(false) };

export const flag = (description: string) =>
  offered(z.boolean('true or false').default(false), '[boolean]', description);

export const optionalFlag = (description: string) =>
  offered(z.boolean('true or false').optional(), '[boolean]', description);

export const dateOption = (description: string) => offered(date.optional(), '<date>', description);
export const requiredDate = (description: string) => offered(date, '<date>', description);

export const countOption = (least: number, usual: number, description: string) =>
  offered(dayCount(least).default(usual), '<count>', description);

/** Some of a few words. */
export function wordList<const Word extends string>(words: readonly Word[], description: string) {
  const list = z.array(z.enum(words, `one of ${words.join(', ')}`), 'a list').min(1, 'at least one');
  return offered(list.max(words.length, `at most ${words.length}`).optional(), '<list>', description);
}

/** One of a few words. */
export function choice<const Word extends string>(
  words: readonly Word[],
  usual: NoInfer<Word>,
  value: string,
  description: string,
) {
  return offered(z.enum(words, `one of ${words.join(', ')}`).default(usual as never), value, description);
}
