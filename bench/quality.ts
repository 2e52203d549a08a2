import { alignSeries } from '../src/quality/align-series.ts';
import { judgeSeries, type Judgement } from '../src/quality/judge-series.ts';
import type { JudgedSeries } from '../src/quality/judged-series.ts';
import { reconcileSeries } from '../src/quality/reconcile-series.ts';
import { hasFixtures } from '../tests/support/fixtures.ts';
import { leanSeries, leanSymbols, yahooSeries } from '../tests/support/recorded-series.ts';
import { corruptions, excerptOf, randomOf } from './corrupted-series.ts';
import { recordedRatios, secondSource } from './second-source.ts';

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
const ofSecond = randomOf(seed + 1000);
const recorded = recordedRatios();
const around = 140;
/** The share of faults that are in the newest bar. */
const isNewest = 0.2;
/** What is told of the session after, or of a day that is none. */
const aWeek = 7;

/** What is found at a fault that was not there before: by the rules over one series, and beside a clean second source. */
interface Trial {
  readonly found: readonly Judgement[];
  readonly apart: readonly Apart[];
}

/** Two sources that tell a session otherwise. */
interface Apart {
  readonly what: string;
  readonly day: number;
  readonly last: number;
}

function apartIn(own: JudgedSeries, other: JudgedSeries): readonly Apart[] {
  return reconcileSeries(alignSeries(own, other)).differences.map(({ what, rows: [first, last], cells }) => ({
    what: [what, ...cells.map(({ field }) => field)].join(' '),
    ...{ day: own.day[first] ?? NaN, last: own.day[last] ?? NaN },
  }));
}

function tried(apply: (typeof corruptions)[number]['apply']): Trial {
  const series = clean[Math.floor(random() * clean.length)] ?? clean[0];
  if (series === undefined) throw new Error('no clean series');
  const row = around + Math.floor(random() * (series.day.length - 2 * around));
  const end = random() < isNewest ? row + 1 : row + around;
  const before = excerptOf(series, row - around, end);
  const known = new Set(judgeSeries(before).map(keyOf));
  const copy = excerptOf(series, row - around, end);
  const second = secondSource(before, recorded, ofSecond);
  const natural = new Set(apartIn(before, second).map(({ what, day }) => `${what} ${day}`));
  const result = apply(copy, around, random);
  const judged: JudgedSeries = typeof result === 'number' ? copy : result;
  const rows = typeof result === 'number' ? result : 1;
  const [first = NaN, last = Infinity] = [before.day[around - 1], before.day[around + rows]];
  const found = judgeSeries(judged).filter(
    (one) => !known.has(keyOf(one)) && one.day >= first && one.day <= last + aWeek,
  );
  const apart = apartIn(judged, second).filter(
    (one) => !natural.has(`${one.what} ${one.day}`) && one.last >= first && one.day <= last + aWeek,
  );
  return { found, apart };
}

const keyOf = ({ rule, severity, day, field }: Judgement) => `${rule} ${severity} ${day} ${field ?? ''}`;
const percent = (part: number, whole: number) => `${((100 * part) / whole).toFixed(1)} %`.padStart(8);

const byRule = new Map<string, number>();
const groups = new Map<string, Trial[]>();
const isFound = ({ found }: Trial) => found.length > 0;
const isError = ({ found }: Trial) => found.some(({ severity }) => severity === 'error');
const isSeenByTwo = (trial: Trial) => isFound(trial) || trial.apart.length > 0;
const shares = (trials: readonly Trial[]) => {
  const share = (is: (trial: Trial) => boolean) => percent(trials.filter(is).length, trials.length);
  return `found ${share(isFound)}, as error ${share(isError)}, with two sources ${share(isSeenByTwo)}`;
};
process.stdout.write(`seed ${seed}\n`);
for (const { group, what, count, apply } of corruptions) {
  const trials = Array.from({ length: count }, () => tried(apply));
  for (const { found } of trials)
    for (const rule of new Set(found.map((each) => each.rule))) byRule.set(rule, (byRule.get(rule) ?? 0) + 1);
  groups.set(group, [...(groups.get(group) ?? []), ...trials]);
  process.stdout.write(
    `${group.padEnd(6)} ${what.padEnd(32)} ${String(count).padStart(4)} ${shares(trials)}\n`,
  );
}
for (const [group, trials] of [...groups, ['all', [...groups.values()].flat()] as const])
  process.stdout.write(`${group.padEnd(44)} ${shares(trials)}\n`);
for (const [rule, found] of byRule) process.stdout.write(`${rule.padEnd(20)} ${found}\n`);

for (const [at, series] of clean.entries()) {
  const runs = 20;
  const apart = Array.from({ length: runs }, () => {
    const excerpt = excerptOf(series, 0, Math.min(series.day.length, 2000));
    return apartIn(excerpt, secondSource(excerpt, recorded, ofSecond)).length / excerpt.day.length;
  });
  const each = (10_000 * apart.reduce((sum, one) => sum + one, 0)) / runs;
  process.stdout.write(
    `clean ${at + 1} beside a second source: ${each.toFixed(1)} differences found in 10,000 sessions\n`,
  );
}
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
