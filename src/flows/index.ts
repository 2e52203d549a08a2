import type { SourceName } from '../domain/source.ts';
import type { Flow } from './flow.ts';
import { indicatorsDailyCalculation } from './indicators-daily-calculation.ts';
import { maintenanceCleanup } from './maintenance-cleanup.ts';
import { marketDataValidation } from './market-data-validation.ts';
import { polygonDailyIngestion } from './polygon-daily-ingestion.ts';
import { polygonHistoricalBackfill } from './polygon-historical-backfill.ts';
import { polygonSettlement } from './polygon-settlement.ts';
import { yahooMarketDataHourly } from './yahoo-market-data-hourly.ts';

const declared = {
  'polygon-daily-ingestion': polygonDailyIngestion,
  'polygon-settlement': polygonSettlement,
  'polygon-historical-backfill': polygonHistoricalBackfill,
  'yahoo-market-data-hourly': yahooMarketDataHourly,
  'indicators-daily-calculation': indicatorsDailyCalculation,
  'market-data-validation': marketDataValidation,
  'maintenance-cleanup': maintenanceCleanup,
} as const;

export type FlowName = keyof typeof declared;
/** The flows by their names, each as itself. */
export type Flows = typeof declared;

/** Every flow there is. */
export const flows: { readonly [Name in FlowName]: Flow & { readonly name: Name } } = declared;
export const flowNames = Object.keys(declared) as readonly FlowName[];

/** The flow whose runs bring the daily bars of a session of a source. */
export const dailyBarsFlow: Readonly<Record<SourceName, FlowName>> = {
  polygon: 'polygon-daily-ingestion',
  yahoo: 'yahoo-market-data-hourly',
};

/** The flow that brings the bars of a range of a source. */
export const rangeFlow: Readonly<Record<SourceName, FlowName>> = {
  polygon: 'polygon-historical-backfill',
  yahoo: 'yahoo-market-data-hourly',
};

/** The flow that fetches a source's series again when a split has made them stale; null: its prices are as traded. */
export const refetchFlow: Readonly<Record<SourceName, FlowName | null>> = {
  polygon: null,
  yahoo: 'yahoo-market-data-hourly',
};

export function isFlowName(text: string): text is FlowName {
  return flowNames.some((name) => name === text);
}
