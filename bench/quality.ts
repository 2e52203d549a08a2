import { judgeSeries, type Judgement } from '../src/quality/judge-series.ts';
import type { JudgedSeries } from '../src/quality/judged-series.ts';
import { hasFixtures } from '../tests/support/fixtures.ts';
import { leanSeries, leanSymbols, yahooSeries } from '../tests/support/recorded-series.ts';
import { corruptions, excerptOf, randomOf } from './corrupted-series.ts';

/** What the rules find of a thousand faults in clean bars, and what they say of clean ones: a table per kind and per rule. */

if (!hasFixtures) throw new Error('the recorded bars lie in ../shared/fixtures, which is not there');
const clean = [
  'yahoo_AAPL_daily_20040819_20180120.csv',
  'yahoo_SPY_daily_20080101_20180101.csv',
  'backtesting_GOOG_daily_2004_2013.csv',
]
  .map(yahooSeries)
  .map((series) => ({ ...series, sessions: series.day }));
const seed = Number(process.argv[2] ?? 1);
const random = randomOf(seed);
const around = 140;
/** The share of faults that are in the newest bar. */
const isNewest = 0.2;
/** What is told of the session after, or of a day that is none. */
const aWeek = 7;

/** What is found at a fault that was not there before. */
function tried(apply: (typeof corruptions)[number]['apply']): readonly Judgement[] {
  const series = clean[Math.floor(random() * clean.length)] ?? clean[0];
  if (series === undefined) throw new Error('no clean series');
  const row = around + Math.floor(random() * (series.day.length - 2 * around));
  const end = random() < isNewest ? row + 1 : row + around;
  const before = excerptOf(series, row - around, end);
  const known = new Set(judgeSeries(before).map(keyOf));
  const copy = excerptOf(series, row - around, end);
  const result = apply(copy, around, random);
  const judged: JudgedSeries = typeof result === 'number' ? copy : result;
  const rows = typeof result === 'number' ? result : 1;
  const [first = NaN, last = Infinity] = [before.day[around - 1], before.day[around + rows]];
  const found = judgeSeries(judged).filter(
    (one) => !known.has(keyOf(one)) && one.day >= first && one.day <= last + aWeek,
  );
  return found;
}

const keyOf = ({ rule, severity, day, field }: Judgement) => `${rule} ${severity} ${day} ${field ?? ''}`;
const percent = (part: number, whole: number) => `${((100 * part) / whole).toFixed(1)} %`.padStart(8);

const byRule = new Map<string, number>();
const groups = new Map<string, { found: number; count: number }>();
process.stdout.write(`seed ${seed}\n`);
for (const { group, what, count, apply } of corruptions) {
  const trials = Array.from({ length: count }, () => tried(apply));
  const found = trials.filter((one) => one.length > 0);
  const errors = trials.filter((one) => one.some(({ severity }) => severity === 'error'));
  for (const one of found)
    for (const rule of new Set(one.map((each) => each.rule))) byRule.set(rule, (byRule.get(rule) ?? 0) + 1);
  const sum = groups.get(group) ?? { found: 0, count: 0 };
  groups.set(group, { found: sum.found + found.length, count: sum.count + count });
  process.stdout.write(
    `${group.padEnd(6)} ${what.padEnd(32)} ${String(count).padStart(4)} found ${percent(found.length, count)}, as error ${percent(errors.length, count)}\n`,
  );
}
for (const [group, { found, count }] of groups)
  process.stdout.write(`${group.padEnd(6)} ${percent(found, count)}\n`);
const all = [...groups.values()];
const total = all.reduce((sum, { found }) => sum + found, 0);
process.stdout.write(
  `all    ${percent(
    total,
    all.reduce((sum, { count }) => sum + count, 0),
  )}\n`,
);
for (const [rule, found] of byRule) process.stdout.write(`${rule.padEnd(20)} ${found}\n`);

for (const [name, series] of [
  ...clean.map((one, at) => [`clean ${at + 1}`, one] as const),
  ...leanSymbols.map((symbol) => [`Lean ${symbol}`, leanSeries(symbol)] as const),
]) {
  const began = performance.now();
  const judged = judgeSeries(series);
  const ms = performance.now() - began;
  const count = (severity: Judgement['severity']) => judged.filter((one) => one.severity === severity).length;
  process.stdout.write(
    `${name}: ${series.day.length} bars, ${count('error')} errors, ${count('warn')} warnings, ${count('info')} jumps that hold, ${Math.round(ms)} ms\n`,
  );
}
