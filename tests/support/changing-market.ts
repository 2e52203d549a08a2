import { sessionsBetween } from '../../src/calendar/exchange-calendar.ts';
import type { DateRange } from '../../src/domain/date-range.ts';
import type { SessionDate } from '../../src/domain/session.ts';
import type { FaultScript } from '../../src/simulator/faults/fault-script.ts';
import { generatedMarket } from '../../src/simulator/market/generated-market.ts';
import type { MarketSource } from '../../src/simulator/market/market-source.ts';
import { tenuresOf, type ScriptedLife } from '../../src/simulator/market/scripted-life.ts';
import type { Tenure } from '../../src/simulator/market/tenure.ts';
import { LifeScript, sessionsIn } from './life-script.ts';
import { liveBackAndForth, liveBeforeLists, liveBetweenLists, liveUnclearly } from './odd-lives.ts';

/** A market in which many companies change their tickers, and what its provider tells wrongly of it. */
export interface ChangingMarket {
  readonly source: MarketSource;
  readonly lives: readonly ScriptedLife[];
  readonly faults: FaultScript;
  /** The truth. */
  readonly tenures: readonly Tenure[];
}

/** The first list that the plan of the key shows is of its first day; nothing changes after its last one. */
export const changingRange: DateRange = { from: '2022-01-31', to: '2024-05-31' };
/** Before it nobody can know what a company was called. */
export const beforeLists: DateRange = { from: '2021-12-01', to: changingRange.from };

const changes: DateRange = { from: '2022-02-02', to: '2024-05-10' };
const halves = {
  early: { from: changes.from, to: '2023-03-01' },
  late: { from: '2023-05-01', to: changes.to },
};
const halvesBefore = {
  early: { from: '2021-12-02', to: '2021-12-23' },
  late: { from: '2021-12-27', to: '2022-01-20' },
};
/** The list before the first one. */
const refusedList: SessionDate = '2021-12-31';
/** Of one of those a third is lacking. */
const shortLists: readonly SessionDate[] = ['2022-06-30', '2023-01-31', '2023-10-31', '2024-02-29'];
/** Companies that stay as they are, and are told of rightly. */
const untouched: ReadonlySet<string> = new Set(['SPY', 'AAPL', 'CPK', 'CpK']);

/**
 * The market of a seed, of more than 300 companies. 50 are renamed, 50 tickers are taken by another one, 20 are delisted and
 * 10 move over the counter; beside them some do what no list shows. A third of them lacks its FIGI, of a third the events are
 * told on other days, one list is a third short, and others lack a ticker or a FIGI here and there.
 */
export function changingMarket(seed: number): ChangingMarket {
  const source = longLived(seed);
  const companies = source.instruments.filter(({ symbol }) => !untouched.has(symbol));
  const script = new LifeScript(companies, seed, { changes, until: changes.to });
  // In the universe, so that its bars are asked for.
  script.lives.push({ symbol: 'CpK', type: 'CS' });
  change(script);
  liveBetweenLists(script);
  liveBetweenLists(script);
  liveBackAndForth(script, halves);
  liveUnclearly(script);
  liveBeforeLists(script, halvesBefore);
  const { lives } = script;
  const tenures = tenuresOf(source, lives);
  return { source, lives, tenures, faults: [...listFaults(script, tenures), ...script.faults] };
}

/** Companies that were there before and go on, and trade every day. */
function longLived(seed: number): MarketSource {
  const market = generatedMarket({ symbols: 345, seed, calendar: { sessionsBetween } });
  const instruments = market.instruments.filter(
    ({ listedOn, delistedOn, illiquid }) =>
      listedOn !== null && listedOn < '2014' && delistedOn === null && illiquid !== true,
  );
  const known = new Map(instruments.map((one) => [one.symbol, one]));
  return { ...market, instruments, find: (symbol) => known.get(symbol) };
}

/** The changes that are counted. */
function change(script: LifeScript): void {
  const times = (count: number, act: () => unknown) => {
    for (let at = 0; at < count; at += 1) act();
  };
  times(25, () => {
    script.takeOver(script.rename());
  });
  times(9, () => script.rename());
  times(4, () => {
    script.handOver();
  });
  times(8, () => {
    script.renameTo(script.delist());
  });
  times(10, () => {
    script.takeOver(script.delist());
  });
  times(20, () => script.delist());
  times(3, () => {
    script.takeOver(script.delist({ goesOverTheCounter: true }));
  });
  times(7, () => script.delist({ goesOverTheCounter: true }));
}

function listFaults(script: LifeScript, tenures: readonly Tenure[]): FaultScript {
  const one = <Value>(values: readonly Value[]) => values[Math.floor(script.random() * values.length)];
  const short = one(shortLists) ?? '';
  // What the first list lacks nobody can know to have been listed then.
  const [, ...monthEnds] = sessionsIn(changingRange).filter(
    (date, at, all) => date.slice(0, 7) !== (all[at + 1] ?? '').slice(0, 7),
  );
  const lapses = tenures
    .filter(({ ticker }) => !untouched.has(ticker))
    .flatMap(({ ticker: symbol }, at): FaultScript => {
      const kind = (['missingFigi', 'missingTicker', null, null] as const)[at % 4] ?? null;
      const session = one(monthEnds) ?? '';
      return kind === null ? [] : [{ match: { endpoint: 'tickers', session, symbol }, fault: { kind } }];
    });
  return [
    { match: { endpoint: 'tickers', session: refusedList }, fault: { kind: 'status', status: 403 } },
    { match: { endpoint: 'tickers', session: short }, fault: { kind: 'shortList', fraction: 0.67 } },
    ...lapses,
  ];
}
