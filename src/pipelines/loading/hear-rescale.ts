import { addDays, dateOfDayNumber, dayNumber, type DateRange } from '../../domain/date-range.ts';
import { ratioBetween } from '../../domain/payment.ts';
import { ProviderError } from '../../domain/provider-errors.ts';
import { doubtOfRescale, type RescaledSession } from '../../domain/rescaled-series.ts';
import type { SessionDate } from '../../domain/session.ts';
import { sources, type SourceName } from '../../domain/source.ts';
import { judgeBasis } from '../../domain/split-basis.ts';
import type { SeriesAnswer, SeriesProvider } from '../../providers/provider.ts';
import { splitRecords } from '../../store/corporate-actions.ts';
import type { Database } from '../../store/database.ts';
import type { Finding } from '../../store/findings.ts';
import type { SeriesRequest } from '../../store/load-requests.ts';
import { refusedFactors, storedExtent } from '../../store/split-refusals.ts';
import { askSeries } from './ask-series.ts';
import { hearOut } from './hear-out.ts';
import { knownPrices, lastCloses } from './known-closes.ts';
import { seriesLoaded, type Loaded } from './load-outcomes.ts';
import type { OpenBatch } from './open-batch.ts';
import { countingSplits, doubtfulRatios } from '../actions/counting-splits.ts';
import { tradedCloses, type Rebased } from './rebase-series.ts';

/** Days, one after the other, on which prices were refused for one factor before the whole series is asked for. */
const refusalsBefore = 2;

interface Refused {
  readonly loaded: Loaded;
  readonly rebased: Rebased | null;
  readonly answer: SeriesAnswer;
}

/**
 * Of a series whose prices were refused on a third day, because all differ from the stored ones by a factor that nobody
 * explains, the whole is asked for in one answer. Where that is consistent it takes the place of what is stored; else
 * all stays as it is; either way a finding says so.
 */
export async function hearRescale(
  batch: OpenBatch & { readonly provider: SeriesProvider },
  request: SeriesRequest,
  { loaded, rebased, answer: { splitBasis, requests } }: Refused,
): Promise<Loaded> {
  const factor = rebased?.factor ?? null;
  if (factor === null || splitBasis === undefined) return loaded;
  const { db } = batch.store;
  const series = { ...request, source: batch.provider.name };
  const refused = [factor, ...(await refusedFactors(db, series, splitBasis)).slice(0, refusalsBefore)];
  const stored = refused.length > refusalsBefore ? await storedExtent(db, series) : null;
  if (stored === null) return loaded;
  const whole = { ...request, range: wholeRange(stored, series, splitBasis) };
  const asked = await askSeries(batch, request, whole.range);
  if (asked === null || asked.answer instanceof ProviderError) return loaded;
  const weighed = await hearOut(batch, whole, asked.answer);
  const doubt = await doubtOf(db, series, {
    answer: weighed.answer,
    observedOn: splitBasis,
    stored,
    refused,
  });
  const finding = findingOf(series, { stored, factor, doubt });
  const events = [
    ...loaded.events,
    { level: 'warn' as const, symbol: request.symbol, message: finding.evidence.says },
  ];
  const findings = [...(loaded.findings ?? []), finding];
  const sum = { ...loaded.request, requests: requests + asked.answer.requests };
  if (doubt !== null) return { ...loaded, events, findings, request: sum };
  const believed = {
    basisOf: () => dayNumber(splitBasis),
    toTraded: () => null,
    factor: null,
    error: null,
    events,
  };
  const written = seriesLoaded(series.source, whole, weighed, believed);
  return { ...written, findings, request: sum, rescaled: request.instrumentId };
}

/** All that is stored, as far back as the source keeps it, and what was asked for. */
function wholeRange(
  stored: DateRange,
  { source, interval, range }: SeriesRequest & { readonly source: SourceName },
  observedOn: SessionDate,
): DateRange {
  const keptDays = sources[source].intervals[interval]?.keptDays ?? null;
  const oldest = keptDays === null ? '' : addDays(observedOn, -keptDays);
  const from = [stored.from, range.from].sort()[0] ?? stored.from;
  return { from: from < oldest ? oldest : from, to: stored.to > range.to ? stored.to : range.to };
}

/** Why the whole answer is not believed; null: it is. */
async function doubtOf(
  db: Database,
  series: SeriesRequest & { readonly source: SourceName },
  {
    answer: { bars },
    observedOn,
    stored,
    refused,
  }: {
    readonly answer: SeriesAnswer;
    readonly observedOn: SessionDate;
    readonly stored: DateRange;
    readonly refused: readonly number[];
  },
): Promise<string | null> {
  const records = await splitRecords(db, series.instrumentId);
  const splits = countingSplits(records);
  const closes = lastCloses(bars);
  const volumes = lastCloses({ ...bars, close: bars.volume });
  const traded = await tradedCloses(db, series.instrumentId, closes);
  const days = [...daysBetween(stored)];
  const known = await knownPrices(db, series, { days, splits, records, observedOn });
  const doubtful = doubtfulRatios(records, splits);
  const judged = judgeBasis(bars, { splits, doubtful, observedOn, traded, stored: new Map() });
  const sessions = known.flatMap(({ day, close, volume }): readonly RescaledSession[] => {
    const [came, raw] = [closes.get(day), traded.get(day)];
    if (came === undefined) return [];
    const tradedClose =
      raw === undefined ? null : raw / ratioBetween(splits, dateOfDayNumber(day), observedOn);
    const stored = { storedClose: close, storedVolume: volume };
    return [{ close: came, volume: volumes.get(day) ?? NaN, ...stored, tradedClose }];
  });
  return doubtOfRescale({
    ...{ sessions, refused, lacking: known.length - sessions.length },
    unexplained: judged.unknown + judged.late.length,
    ratios: records.map(({ ratio }) => ratio),
  });
}

function* daysBetween({ from, to }: DateRange): Generator<number> {
  for (let day = dayNumber(from); day <= dayNumber(to); day += 1) yield day;
}

function findingOf(
  { instrumentId, source, interval, symbol }: SeriesRequest & { readonly source: SourceName },
  {
    stored,
    factor,
    doubt,
  }: { readonly stored: DateRange; readonly factor: number; readonly doubt: string | null },
) {
  const times = `${factor.toPrecision(6)} times what they were`;
  const says =
    doubt === null
      ? `${source} gives all prices of ${symbol} as ${times}: the whole series is stored anew`
      : `${source} gives all prices of ${symbol} as ${times}, which is not believed: ${doubt}`;
  return {
    rule: doubt === null ? 'series_rescaled' : 'rescale_not_believed',
    severity: doubt === null ? 'warn' : 'error',
    ...{ instrumentId, source, interval },
    range: { from: stored.from, to: stored.from },
    evidence: { says, factor, ...(doubt === null ? {} : { doubt }) },
  } satisfies Finding;
}
