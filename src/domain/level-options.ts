import { closesApart, type LevelOption } from './price-levels.ts';

/** A split that has taken effect; its day since 1970-01-01, and its ratio in logarithms. */
export interface PastSplit {
  readonly exDay: number;
  readonly size: number;
}

interface KnownRatios {
  readonly observedDay: number;
  /** Every ratio that is told, in logarithms. */
  readonly alien: readonly number[];
}

/** What the prices of a day can be, by the splits that come after it: all in, the last ones not in, or of no basis. */
export function optionsBySegment(
  past: readonly PastSplit[],
  known: KnownRatios,
): (day: number) => readonly LevelOption[] {
  const bySegment = new Map<number, readonly LevelOption[]>();
  return (day) => {
    const begin = past.findIndex(({ exDay }) => exDay > day);
    const place = begin < 0 ? past.length : begin;
    const options = bySegment.get(place) ?? optionsBetween(past.slice(0, place), past.slice(place), known);
    bySegment.set(place, options);
    return options;
  };
}

function optionsBetween(
  before: readonly PastSplit[],
  after: readonly PastSplit[],
  { observedDay, alien }: KnownRatios,
): readonly LevelOption[] {
  const told: LevelOption[] = [{ level: 0, basis: observedDay }];
  let level = 0;
  for (const { exDay, size } of after.toReversed()) {
    level += size;
    // Splits that cancel each other leave the same prices, whether they are in or not.
    if (told.every((one) => Math.abs(one.level - level) > 1e-9)) told.push({ level, basis: exDay - 1 });
  }
  const options = [...told, ...mixedOptions(before, after, told)];
  const wrong = told.flatMap((option) => alien.flatMap((size) => [option.level + size, option.level - size]));
  return [
    ...options,
    ...wrong.filter((one) => isApart(one, options)).map((one) => ({ level: one, basis: null })),
  ];
}

/** One split that is not in the prices though a later one is, or one that is although it was before their day. */
function mixedOptions(
  before: readonly PastSplit[],
  after: readonly PastSplit[],
  told: readonly LevelOption[],
): readonly LevelOption[] {
  const all = after.reduce((sum, { size }) => sum + size, 0);
  const mixed: LevelOption[] = [];
  let lacking = 0;
  for (let kept = after.length; kept >= 0; kept -= 1) {
    const levels = [
      ...after.slice(0, kept).map(({ size }) => lacking + size),
      ...before.map(({ size }) => lacking - size),
    ];
    for (const level of levels)
      if (isApart(level, [...told, ...mixed]))
        mixed.push({ level, basis: null, toTraded: Math.exp(all - level) });
    lacking += after[kept - 1]?.size ?? 0;
  }
  return mixed;
}

/** Where one split that is in the prices and should not be, and one that is not and should be, nearly make up for each other. */
export function lookalikes(
  optionsOf: (day: number) => readonly LevelOption[],
  alien: readonly number[],
): (day: number) => readonly number[] {
  const signed = alien.flatMap((size) => [size, -size]);
  const slight = signed
    .flatMap((one, at) => signed.slice(at + 1).map((other) => one + other))
    .filter((sum) => Math.abs(sum) > sameRatio && Math.abs(sum) <= closesApart);
  if (slight.length === 0) return () => [];
  const byOptions = new Map<readonly LevelOption[], readonly number[]>();
  return (day) => {
    const options = optionsOf(day);
    const known = byOptions.get(options);
    if (known !== undefined) return known;
    // One that an option is too is that option.
    const levels = options
      .flatMap(({ level }) => slight.map((sum) => level + sum))
      .filter((level) => isApart(level, options));
    byOptions.set(options, levels);
    return levels;
  };
}

/** Ratios no further apart, in logarithms, are one that sources tell with more or fewer digits. */
const sameRatio = 0.001;

function isApart(level: number, options: readonly LevelOption[]): boolean {
  return options.every((option) => Math.abs(option.level - level) > sameRatio);
}
