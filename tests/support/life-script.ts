import { sessionsBetween } from '../../src/calendar/exchange-calendar.ts';
import { addDays, type DateRange } from '../../src/domain/date-range.ts';
import type { SessionDate } from '../../src/domain/session.ts';
import type { FaultScript } from '../../src/simulator/faults/fault-script.ts';
import type { MarketInstrument } from '../../src/simulator/market/market-source.ts';
import type { ScriptedLife } from '../../src/simulator/market/scripted-life.ts';
import { seeded } from './identity-world.ts';

/** A ticker that nobody has from a day on. */
export interface FreedTicker {
  readonly ticker: string;
  readonly from: SessionDate;
}

/** When companies of a market change. */
export interface ScriptedTime {
  readonly changes: DateRange;
  /** Lists are read and bars asked for up to then. */
  readonly until: SessionDate;
}

/**
 * The lives of companies that change, one after the other, by the numbers of a seed. A third of them lacks its FIGI, of a
 * third the events are told on other days.
 */
export class LifeScript {
  readonly lives: ScriptedLife[] = [];
  readonly faults: FaultScript[number][] = [];
  readonly random: () => number;
  private readonly time: ScriptedTime;
  private readonly others: MarketInstrument[];
  private fresh = 0;

  constructor(companies: readonly MarketInstrument[], seed: number, time: ScriptedTime) {
    this.random = seeded(seed);
    this.time = time;
    this.others = companies
      .map((company) => ({ company, at: this.random() }))
      .toSorted((a, b) => a.at - b.at)
      .map(({ company }) => company);
  }

  /** A company that has no life yet. */
  next(): MarketInstrument {
    const company = this.others.pop();
    if (company === undefined) throw new Error('the market has too few companies for so many changes');
    return company;
  }

  live({ symbol, type, figi }: MarketInstrument, life: Omit<ScriptedLife, 'symbol'>): void {
    const at = this.lives.length;
    const cik = String(9_000_000 + at).padStart(10, '0');
    const lacks = at % 3 === 0 ? { figi: null } : {};
    this.lives.push({ symbol, cik, type, ...lacks, ...life });
    if (at % 3 !== 1 || figi === null || life.figi === null) return;
    const days = Math.floor(this.random() * 800) - 400;
    this.faults.push({ match: { endpoint: 'events', symbol: figi }, fault: { kind: 'movedEvent', days } });
  }

  /** A company gets a ticker that nobody had; its own one is free. */
  rename(company: MarketInstrument = this.next(), on: SessionDate = this.day()): FreedTicker {
    const { symbol: ticker } = company;
    this.live(company, { tickers: [{ ticker }, { ticker: this.freshTicker(), from: on }] });
    return { ticker, from: on };
  }

  /** A company gets a ticker that is free. */
  renameTo({ ticker, from }: FreedTicker): void {
    const company = this.next();
    this.live(company, { tickers: [{ ticker: company.symbol }, { ticker, from: this.dayAfter(from) }] });
  }

  /** One company gives its ticker to another on a day, which had one of its own. */
  handOver(): void {
    const { ticker, from } = this.rename();
    const taker = this.next();
    this.live(taker, { tickers: [{ ticker: taker.symbol }, { ticker, from }] });
  }

  /** A company is listed under a ticker that is free. */
  takeOver({ ticker, from }: FreedTicker): void {
    this.live(this.next(), { listedOn: this.dayAfter(from), tickers: [{ ticker }] });
  }

  delist({ goesOverTheCounter = false } = {}): FreedTicker {
    const company = this.next();
    const last = this.day();
    const otc = goesOverTheCounter ? { overTheCounter: `${this.freshTicker()}F` } : {};
    this.live(company, { delistedOn: last, ...otc });
    return { ticker: company.symbol, from: addDays(last, 1) };
  }

  freshTicker(): string {
    this.fresh += 1;
    return `Q${letterOf(this.fresh / 676)}${letterOf(this.fresh / 26)}${letterOf(this.fresh)}QQ`;
  }

  /** Some session. */
  day({ from, to }: DateRange = this.time.changes): SessionDate {
    const days = sessionsIn({ from, to });
    return days[Math.floor(this.random() * days.length)] ?? from;
  }

  /** Sessions of one month, so many apart, the first of them among its first ones. */
  daysOfMonth(...apart: readonly number[]): readonly SessionDate[] {
    const month = this.day().slice(0, 7);
    const first = `${month}-01`;
    const days = sessionsIn({ from: first, to: addDays(first, 30) }).filter((date) => date.startsWith(month));
    let at = 1 + Math.floor(this.random() * 3);
    return [days[at] ?? first, ...apart.map((sessions) => days[(at += sessions)] ?? first)];
  }

  /** That day or a session up to some months later, more often soon. */
  private dayAfter(from: SessionDate): SessionDate {
    const days = sessionsIn({ from, to: this.time.until });
    return days[Math.floor(this.random() ** 3 * Math.min(days.length, 180))] ?? from;
  }
}

export function sessionsIn(range: DateRange): readonly SessionDate[] {
  return sessionsBetween(range).map(({ session }) => session);
}

function letterOf(number: number): string {
  return String.fromCharCode(65 + (Math.floor(number) % 26));
}
