/** The pools of the plan; a worker serves one. */
export const pools = ['data-ingestion'] as const;
export type Pool = (typeof pools)[number];

/** Schedule id (the plan's name) to workflow type. */
export const flows = {
  'polygon-daily-ingestion': 'polygonDailyIngestion',
  'polygon-settlement': 'polygonSettlement',
  'polygon-historical-backfill': 'polygonHistoricalBackfill',
} as const;
export type Flow = keyof typeof flows;

/** Typed search attributes, registered on the server before the first run. */
export const searchAttributes = {
  Tags: 'KeywordList',
  Pipeline: 'Keyword',
  Provider: 'Keyword',
  SessionDate: 'Keyword',
} as const;
