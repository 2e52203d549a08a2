/** The rules that bars are judged by, as findings and `--checks` call them. */
export const qualityRules = [
  'no_price',
  'duplicate',
  'extra_session',
  'missing_session',
  'inconsistent',
  'wick',
  'open_spike',
  'close_spike',
  'unit',
  'jump',
  'split_unexplained',
  'stale',
  'volume',
  'adjusted_close',
  'split_misplaced',
  'row_count',
  'staleness',
  'withdrawn',
  'late_revision',
  'disagreement',
  'basis',
  'shifted',
  'wrong_company',
] as const;
export type QualityRule = (typeof qualityRules)[number];

/** Those that hold a source against another one. */
export const comparingRules: readonly QualityRule[] = ['disagreement', 'basis', 'shifted', 'wrong_company'];

/** The rules of the way in, about what is not stored: judging what is stored neither finds nor closes anything of theirs. */
export const wayInRules = ['quarantined', 'unknown_ticker'] as const;
export type WayInRule = (typeof wayInRules)[number];
