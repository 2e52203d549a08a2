import { addDays } from '../../domain/date-range.ts';
import type { SessionDate } from '../../domain/session.ts';
import type { MarketInstrument, MarketSource } from './market-source.ts';
import { lastDate, type Tenure } from './tenure.ts';

/** How a company of a market's source came by its tickers, where that is not one ticker for all its life. */
export interface ScriptedLife {
  /** What the source calls it: whose bars and actions it has. */
  readonly symbol: string;
  /** Its tickers, oldest first; the first from its listing, each other one from a day on. Unset: what the source calls it. */
  readonly tickers?: readonly { readonly ticker: string; readonly from?: SessionDate }[];
  /** Unset: as the source has it. */
  readonly listedOn?: SessionDate;
  /** Its last day at an exchange; unset: as the source has it. */
  readonly delistedOn?: SessionDate;
  /** It goes on over the counter under that ticker, from the day after its delisting. */
  readonly overTheCounter?: string;
  /** What the reference says of it, otherwise than the source does; the provider lacks what is null. */
  readonly figi?: string | null;
  readonly cik?: string | null;
  readonly name?: string;
  readonly type?: string | null;
}

/** A life that cannot be lived; the message names it. */
export class BadScriptedLife extends Error {
  override readonly name = 'BadScriptedLife';
}

/** Who bore which ticker when, by ticker and then by date. Throws `BadScriptedLife`, also where two bear one ticker at once. */
export function tenuresOf(source: MarketSource, scripted: readonly ScriptedLife[]): readonly Tenure[] {
  const lives = new Map(scripted.map((life) => [life.symbol, life]));
  if (lives.size < scripted.length) throw new BadScriptedLife('a company is given two lives');
  for (const { symbol } of scripted) {
    if (source.find(symbol) === undefined)
      throw new BadScriptedLife(`the market has no ${symbol}, whose life is scripted`);
  }
  const tenures = source.instruments.flatMap((company) =>
    lived(company, lives.get(company.symbol) ?? { symbol: company.symbol }),
  );
  tenures.sort(byTicker);
  for (const [at, { ticker, from }] of tenures.entries()) {
    const before = tenures[at - 1];
    if (before?.ticker === ticker && before.to >= from)
      throw new BadScriptedLife(`${ticker} is borne by two companies on ${from}`);
  }
  return tenures;
}

function byTicker(a: Tenure, b: Tenure): number {
  if (a.ticker !== b.ticker) return a.ticker < b.ticker ? -1 : 1;
  return a.from < b.from ? -1 : 1;
}

function lived(given: MarketInstrument, life: ScriptedLife): readonly Tenure[] {
  const { tickers = [{ ticker: given.symbol }], overTheCounter } = life;
  const company = companyOf(given, life);
  const { symbol, delistedOn } = company;
  const listedOn = company.listedOn ?? '';
  const last = delistedOn ?? lastDate;
  const at = tickers.map(({ from }, index) => (index === 0 ? listedOn : (from ?? '')));
  const rises = at.every((from, index) => index === 0 || from > (at[index - 1] ?? ''));
  if (tickers.length === 0 || !rises || (at.at(-1) ?? '') > last)
    throw new BadScriptedLife(`the tickers of ${symbol} do not follow each other within its life`);
  const listed = tickers.map(({ ticker }, index): Tenure => {
    const next = at[index + 1];
    return {
      company,
      ticker,
      market: 'stocks',
      from: at[index] ?? '',
      to: next === undefined ? last : addDays(next, -1),
    };
  });
  if (overTheCounter === undefined) return listed;
  if (delistedOn === null) throw new BadScriptedLife(`${symbol} goes over the counter without a delisting`);
  const from = addDays(delistedOn, 1);
  return [...listed, { company, ticker: overTheCounter, market: 'otc', from, to: lastDate }];
}

function companyOf(given: MarketInstrument, life: ScriptedLife): MarketInstrument {
  const { listedOn = given.listedOn, delistedOn = given.delistedOn } = life;
  const { figi = given.figi, cik = given.cik, name = given.name, type = given.type } = life;
  return { ...given, listedOn, delistedOn, figi, cik, name, type };
}
