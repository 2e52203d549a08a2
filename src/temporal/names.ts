import { defineSearchAttributeKey, type SearchAttributePair } from '@temporalio/common';

/** The pools of the plan; a worker serves one. */
export const pools = ['data-ingestion', 'analytics', 'maintenance'] as const;
export type Pool = (typeof pools)[number];

/** Schedule id (the plan's name) to workflow type. */
export const flows = {
  'polygon-daily-ingestion': 'polygonDailyIngestion',
  'polygon-settlement': 'polygonSettlement',
  'polygon-historical-backfill': 'polygonHistoricalBackfill',
  'yahoo-market-data-hourly': 'yahooMarketDataHourly',
  'indicators-daily-calculation': 'indicatorsDailyCalculation',
} as const;
export type Flow = keyof typeof flows;

/** Where a flow runs. */
export const poolOf = {
  'polygon-daily-ingestion': 'data-ingestion',
  'polygon-settlement': 'data-ingestion',
  'polygon-historical-backfill': 'data-ingestion',
  'yahoo-market-data-hourly': 'data-ingestion',
  'indicators-daily-calculation': 'analytics',
} as const satisfies Readonly<Record<Flow, Pool>>;

/** Typed search attributes, registered on the server before the first run. */
export const searchAttributes = {
  Tags: 'KeywordList',
  Pipeline: 'Keyword',
  Provider: 'Keyword',
  SessionDate: 'Keyword',
} as const;

/** Tags of a flow's runs, beside whether they are `scheduled` or `on-demand`. */
const tagsOf = {
  'polygon-daily-ingestion': ['data-ingestion', 'polygon'],
  'polygon-settlement': ['data-ingestion', 'polygon'],
  'polygon-historical-backfill': ['data-ingestion', 'polygon'],
  'yahoo-market-data-hourly': ['data-ingestion', 'yahoo'],
  'indicators-daily-calculation': ['analytics', 'indicators'],
} as const satisfies Readonly<Record<Flow, readonly [Pool, string]>>;

export type Occasion = 'scheduled' | 'on-demand';

export function tagsFor(flow: Flow, occasion: Occasion): string[] {
  return [...tagsOf[flow], occasion];
}

/** The search attributes of a flow: its schedule has them, and each of its runs. */
export function flowAttributes(flow: Flow, occasion: Occasion): SearchAttributePair[] {
  const [, provider] = tagsOf[flow];
  return [
    { key: defineSearchAttributeKey('Pipeline', 'KEYWORD'), value: flow },
    { key: defineSearchAttributeKey('Provider', 'KEYWORD'), value: provider },
    { key: defineSearchAttributeKey('Tags', 'KEYWORD_LIST'), value: tagsFor(flow, occasion) },
  ];
}

/** The search attributes of a run; `session` is the last one that it is for. */
export function runAttributes(flow: Flow, session: string, occasion: Occasion): SearchAttributePair[] {
  const sessionDate = { key: defineSearchAttributeKey('SessionDate', 'KEYWORD'), value: session };
  return [...flowAttributes(flow, occasion), sessionDate];
}

/** Live runs before backfills, where a worker has to choose; 1 is first, 3 what everything else has. */
export function priorityOf(flow: Flow): { readonly priorityKey: number } {
  return { priorityKey: flow === 'polygon-historical-backfill' ? 4 : 2 };
}
