import type { DateRange } from '../../src/domain/date-range.ts';
import type { SessionDate } from '../../src/domain/session.ts';
import { sessionsIn, type LifeScript } from './life-script.ts';

/** Two halves of the time in which companies change. */
export interface Halves {
  readonly early: DateRange;
  readonly late: DateRange;
}

/** What happens between two lists, so that none shows it. */
export function liveBetweenLists(script: LifeScript): void {
  passThrough(script);
  comeAndGo(script);
  lendTicker(script);
  bearBriefly(script, false);
  bearBriefly(script, true);
}

/** A ticker for some days between two others. */
function passThrough(script: LifeScript): void {
  const company = script.next();
  const [first, second] = script.daysOfMonth(4);
  script.live(company, {
    tickers: [{ ticker: company.symbol }, fresh(script, first), fresh(script, second)],
  });
}

/** Listed and gone within a month. */
function comeAndGo(script: LifeScript): void {
  const [listedOn = '', delistedOn = ''] = script.daysOfMonth(4);
  script.live(script.next(), { listedOn, delistedOn });
}

/** A ticker that is given up, and borne by another company for some days. */
function lendTicker(script: LifeScript): void {
  const [given, listedOn = '', left] = script.daysOfMonth(1, 3);
  const { ticker } = script.rename(script.next(), given);
  script.live(script.next(), { listedOn, tickers: [{ ticker }, fresh(script, left)] });
}

/** A ticker that a newcomer bears for some days before another company has it, as its first or not. */
function bearBriefly(script: LifeScript, isRename: boolean): void {
  const [listedOn = '', left, taken = ''] = script.daysOfMonth(4, 1);
  const ticker = script.freshTicker();
  script.live(script.next(), { listedOn, tickers: [{ ticker }, fresh(script, left)] });
  const next = script.next();
  script.live(
    next,
    isRename
      ? { tickers: [{ ticker: next.symbol }, { ticker, from: taken }] }
      : { listedOn: taken, tickers: [{ ticker }] },
  );
}

/** Who changes more than once. */
export function liveBackAndForth(script: LifeScript, halves: Halves): void {
  thereAndBack(script, halves);
  comeBackAfterGuest(script, halves);
  const often = script.next();
  script.live(often, {
    tickers: [
      { ticker: often.symbol },
      fresh(script, script.day(halves.early)),
      fresh(script, script.day(halves.late)),
    ],
  });
}

function thereAndBack(
  script: LifeScript,
  { early, late }: Halves,
): { readonly ticker: string; readonly away: DateRange } {
  const { symbol: ticker, ...company } = script.next();
  const away = { from: script.day(early), to: script.day(late) };
  const tickers = [{ ticker }, fresh(script, away.from), { ticker, from: away.to }];
  script.live({ symbol: ticker, ...company }, { tickers });
  return { ticker, away };
}

/** While a company has another ticker, a guest bears its own. */
function comeBackAfterGuest(script: LifeScript, halves: Halves): void {
  const { ticker, away } = thereAndBack(script, halves);
  const days = sessionsIn(away);
  script.live(script.next(), {
    listedOn: days[2] ?? away.from,
    delistedOn: days.at(-3) ?? away.to,
    tickers: [{ ticker }],
  });
}

/** What nobody can tell from lists: share classes of which one gives its ticker to the other, and who has nothing but a name. */
export function liveUnclearly(script: LifeScript): void {
  const issuer = { figi: null, cik: '0001652044', type: 'CS' };
  const [classA, on] = [script.next(), script.day()];
  const { symbol: ticker } = classA;
  script.live(classA, { ...issuer, tickers: [{ ticker }, fresh(script, on)] });
  script.live(script.next(), { ...issuer, listedOn: on, tickers: [{ ticker }] });
  const nameless = script.next();
  const tickers = [{ ticker: nameless.symbol }, fresh(script, script.day())];
  script.live(nameless, { figi: null, cik: null, tickers });
}

/** What changes before the first list: nobody can know it from lists. */
export function liveBeforeLists(script: LifeScript, { early, late }: Halves): void {
  script.rename(script.next(), script.day(early));
  const { ticker } = script.rename(script.next(), script.day(early));
  script.live(script.next(), { listedOn: script.day(late), tickers: [{ ticker }] });
  const gone = script.next();
  script.live(gone, { delistedOn: script.day(early) });
  script.live(script.next(), { listedOn: script.day(late), tickers: [{ ticker: gone.symbol }] });
}

function fresh(
  script: LifeScript,
  from: SessionDate = '',
): { readonly ticker: string; readonly from: SessionDate } {
  return { ticker: script.freshTicker(), from };
}
