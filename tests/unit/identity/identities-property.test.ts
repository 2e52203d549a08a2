import { expect, test } from 'vitest';
import { addDays, dayNumber } from '../../../src/domain/date-range.ts';
import type { SessionDate } from '../../../src/domain/session.ts';
import type { ListedBearer } from '../../../src/identity/listed-bearer.ts';
import { identitiesOf } from '../../../src/identity/identities.ts';
import { spellsOf } from '../../../src/identity/spells.ts';
import {
  bornOn,
  evidenceOf,
  goneOf,
  listDatesOf,
  listsOf,
  seeded,
  sessionsOf,
  type TrueTenure,
  type World,
} from '../../support/identity-world.ts';

const from = '2024-01-02';
const to = '2025-12-31';

/** 50 renames, 50 tickers that are taken by another company, 20 delistings and 10 moves over the counter, among 400. */
function worldOf(seed: number): World {
  const random = seeded(seed);
  const day = (low: SessionDate, high: SessionDate) => {
    const days = sessionsOf({ from: low, to: high });
    return days[Math.floor(random() * days.length)] ?? low;
  };
  const companies = new Map<string, Omit<ListedBearer, 'ticker'>>();
  const eventsOff = new Map<string, number>();
  const tenures: TrueTenure[] = [];
  const add = (company: string, own: readonly Omit<TrueTenure, 'company'>[]) => {
    const at = companies.size;
    companies.set(company, {
      figi: at % 3 === 0 ? null : `BBG${company}`,
      cik: String(at).padStart(10, '0'),
      type: 'CS',
      name: `${company} Inc.`,
    });
    if (at % 3 === 1) eventsOff.set(company, Math.floor(random() * 800) - 400);
    tenures.push(...own.map((tenure) => ({ company, ...tenure })));
  };
  for (let at = 0; at < 250; at += 1) add(`STAYS${at}`, [{ ticker: `S${at}`, from: '1990-01-01', to: null }]);
  for (let at = 0; at < 50; at += 1) {
    const on = day('2024-02-05', '2025-11-28');
    const ticker = `OLD${at}`;
    add(`RENAMED${at}`, [
      { ticker, from: '1990-01-01', to: addDays(on, -1) },
      { ticker: `NEW${at}`, from: on, to: null },
    ]);
    // Half of the tickers that are taken by another company were given up so, some within days.
    if (at % 2 === 0) add(`TAKES${at}`, [{ ticker, from: after(on, random), to: null }]);
  }
  for (let at = 0; at < 25; at += 1) {
    const last = day('2024-01-15', '2025-10-31');
    add(`ENDS${at}`, [{ ticker: `END${at}`, from: '1990-01-01', to: last }]);
    add(`HEIR${at}`, [{ ticker: `END${at}`, from: after(addDays(last, 1), random), to: null }]);
  }
  for (let at = 0; at < 20; at += 1)
    add(`GONE${at}`, [{ ticker: `G${at}`, from: '1990-01-01', to: day('2024-01-15', '2025-12-15') }]);
  for (let at = 0; at < 10; at += 1) {
    const last = day('2024-01-15', '2025-12-15');
    add(`OTC${at}`, [
      { ticker: `O${at}`, from: '1990-01-01', to: last },
      { ticker: `O${at}Q`, from: addDays(last, 1), to: null, isOtc: true },
    ]);
  }
  add('Citigroup', [{ ticker: 'CpK', from: '1990-01-01', to: null }]);
  add('Chesapeake', [{ ticker: 'CPK', from: '1990-01-01', to: null }]);
  const shortList = ['2024-05-31', '2024-09-30', '2025-03-31'][seed % 3] ?? null;
  // Among companies that live on a list lacks one here and there.
  const lacks = (date: SessionDate, ticker: string) =>
    /^S/.test(ticker) && (dayNumber(date) + ticker.length) % 97 === 0;
  return { from, to, tenures, companies, eventsOff, shortList, lacks };
}

function after(date: SessionDate, random: () => number): SessionDate {
  const [next] = sessionsOf({
    from: addDays(date, Math.floor(random() * random() * 70)),
    to: addDays(date, 80),
  });
  return next ?? date;
}

test.each(Array.from({ length: 12 }, (_, seed) => [seed]))(
  'in world %i no ticker is given to another company',
  async (seed) => {
    const world = worldOf(seed);
    const { listed, lists } = listsOf(world);
    const evidence = evidenceOf(world);
    const { identities, doubts } = await identitiesOf(spellsOf(listed, lists), goneOf(world), evidence);
    const owners = new Map<string, Map<string, string>>();
    const wrong: string[] = [];
    for (const { bearings, bearer } of identities) {
      const company = bearer.name?.replace(' Inc.', '') ?? '';
      for (const bearing of bearings) {
        for (const date of sessionsOf({ from: bearing.from, to: bearing.to ?? to })) {
          const true_ = world.tenures.find((one) => one.ticker === bearing.ticker && bornOn(one, date));
          if (true_ !== undefined && true_.company !== company)
            wrong.push(`${bearing.ticker} on ${date}: ${company}`);
          const days = owners.get(bearing.ticker) ?? new Map<string, string>();
          owners.set(bearing.ticker, days);
          if (days.has(date)) wrong.push(`${bearing.ticker} on ${date}: two`);
          days.set(date, company);
        }
      }
    }
    expect(wrong).toEqual([]);
    expect(doubts.length).toBeLessThanOrEqual(5);
    // Every day that two lists show is somebody's; what lies before the first list nobody knows.
    const first = listDatesOf(world)[0] ?? '';
    const missing = world.tenures.filter(
      (tenure) =>
        tenure.isOtc !== true &&
        listDatesOf(world).some((date) => date !== world.shortList && bornOn(tenure, date)) &&
        sessionsOf({ from: first > tenure.from ? first : tenure.from, to: tenure.to ?? to }).some(
          (date) => owners.get(tenure.ticker)?.get(date) !== tenure.company,
        ),
    );
    expect(missing.length).toBeLessThanOrEqual(doubts.length * 2);
    // Of 130 changes each takes a few questions at most.
    expect(evidence.asked.requests).toBeLessThanOrEqual(400);
    for (const ticker of ['CpK', 'CPK']) expect(new Set(owners.get(ticker)?.values()).size).toBe(1);
    expect(owners.get('CpK')?.get('2025-06-02')).toBe('Citigroup');
    expect(owners.get('CPK')?.get('2025-06-02')).toBe('Chesapeake');
    // Renamed ones are one instrument under two tickers.
    const joined = identities.filter(
      ({ bearings }) => new Set(bearings.map(({ ticker }) => ticker)).size === 2,
    );
    expect(joined.length).toBeGreaterThanOrEqual(50 - doubts.length);
  },
);
