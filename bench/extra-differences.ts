import * as library from 'technicalindicators';
import { createArena } from '../src/indicators/arena.ts';
import { extras } from '../src/indicators/extra/extras.ts';
import { computeExtras } from '../src/indicators/extra/library-extras.ts';
import { rsi } from '../src/indicators/kernels/rsi.ts';
import type { PriceSeries } from '../src/indicators/price-series.ts';
import { definitions } from '../tests/unit/indicators/extra/definitions.ts';
import { extraSeries, recorded } from '../tests/unit/indicators/extra/extra-references.ts';
import { largestDifference } from '../tests/unit/indicators/reference-files.ts';

/* eslint-disable @typescript-eslint/no-unsafe-class-instance-assignment -- its input classes are plain shapes */
const lists = ({ high, low, close, volume }: PriceSeries) => ({
  high: [...high],
  low: [...low],
  close: [...close],
  volume: [...volume],
});

/** What the library gives where we do not take it; its lists end with the last bar. */
const untaken: Readonly<Record<string, (series: PriceSeries) => readonly number[]>> = {
  'psar_0.02_0.2': (series) => library.psar({ step: 0.02, max: 0.2, ...lists(series) }),
  adl: (series) => library.adl(lists(series)),
  force_index_13: (series) => library.forceindex({ period: 13, ...lists(series) }),
  ichimoku_9_26_52_conversion: (series) => cloud(series).map(({ conversion }) => conversion),
  ichimoku_9_26_52_base: (series) => cloud(series).map(({ base }) => base),
  ichimoku_9_26_52_span_a: (series) => cloud(series).map(({ spanA }) => spanA),
  ichimoku_9_26_52_span_b: (series) => cloud(series).map(({ spanB }) => spanB),
};

const cloud = (series: PriceSeries) =>
  library.ichimokucloud({
    conversionPeriod: 9,
    basePeriod: 26,
    spanPeriod: 52,
    displacement: 26,
    ...lists(series),
  });

/** The library's fast stochastic of its RSI, of which there is no extra. */
const refusedName = 'stochastic_rsi_14_14';
const stochasticOfRsi = ({ close }: PriceSeries) =>
  library
    .stochasticrsi({ values: [...close], rsiPeriod: 14, stochasticPeriod: 14, kPeriod: 1, dPeriod: 1 })
    .map(({ stochRSI }) => stochRSI);

function definedStochasticOfRsi({ close }: PriceSeries): readonly number[] {
  const strengths = [...rsi(createArena(), close, 14)];
  return strengths.map((value, row) => {
    const window = strengths.slice(Math.max(0, row - 13), row + 1);
    const [top, bottom] = [Math.max(...window), Math.min(...window)];
    return (100 * (value - bottom)) / (top - bottom);
  });
}

/** A list that ends with the last row. */
function alignedToEnd(values: readonly number[], rows: number): Float64Array {
  const column = new Float64Array(rows).fill(NaN);
  column.set(values.slice(-rows), Math.max(0, rows - values.length));
  return column;
}

interface Found {
  relative: number;
  allowance: number;
  lopsided: number;
}

function largest(
  right: (series: PriceSeries) => readonly number[],
  other: (series: PriceSeries) => Float64Array,
): Found {
  const found = { relative: 0, allowance: 0, lopsided: 0 };
  for (const series of extraSeries()) {
    const one = largestDifference(Float64Array.from(right(series)), other(series));
    found.relative = Math.max(found.relative, one.relative);
    found.allowance = Math.max(found.allowance, one.allowance);
    found.lopsided += one.lopsided;
  }
  return found;
}

const shown = ({ relative, lopsided }: Found) =>
  lopsided === 0 ? relative.toExponential(1) : `${relative.toExponential(1)}, ${lopsided} rows of one only`;

/** A row an extra, and one of what is refused: how far it is from its definition, and how far the library would be. */
export function extraDifferences(): readonly Readonly<Record<string, string>>[] {
  const computed = new Map(
    extraSeries().map((series) => [series.close, computeExtras(createArena(), series).numbers] as const),
  );
  const keys = extras.flatMap(({ columns, computedBy }) => columns.map((key) => ({ key, computedBy })));
  const byClose = [...computed];
  const rows = keys.map(({ key, computedBy }) => {
    const right = definitions[key] ?? (() => []);
    const nothing = new Float64Array();
    let at = 0;
    const ours = largest(right, () => byClose[at++]?.[1].get(key) ?? nothing);
    const theirs = untaken[key];
    const library = theirs && largest(right, (series) => alignedToEnd(theirs(series), series.close.length));
    return {
      key,
      'compared with': recorded.expected.has(key) ? 'TA-Lib, definition' : 'definition',
      'computed by': computedBy,
      'largest relative': ours.relative.toExponential(1),
      'of the 1e-9 allowed': ours.allowance.toExponential(1),
      technicalindicators: library ? shown(library) : 'the same',
    };
  });
  const refused = largest(definedStochasticOfRsi, (series) =>
    alignedToEnd(stochasticOfRsi(series), series.close.length),
  );
  const nothing = { 'largest relative': '', 'of the 1e-9 allowed': '' };
  const other = { key: refusedName, 'compared with': 'definition', 'computed by': 'refused', ...nothing };
  return [...rows, { ...other, technicalindicators: shown(refused) }];
}
