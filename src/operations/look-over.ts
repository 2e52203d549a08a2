import { readCoverage, type Coverage } from '../pipelines/gaps/read-coverage.ts';
import type { CoverageWish } from '../pipelines/gaps/covered-series.ts';
import type { Database } from '../store/database.ts';

export type { Coverage, SeriesCoverage } from '../pipelines/gaps/read-coverage.ts';
export type { CoverageWish } from '../pipelines/gaps/covered-series.ts';

/** What there is of bars, and why what lacks does; nothing is asked of a provider, nothing is written. */
export function lookOver(db: Database, wish: CoverageWish): Promise<Coverage> {
  return readCoverage(db, wish);
}
