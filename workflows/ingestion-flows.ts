import { polygonDailyIngestion as daily } from '../src/flows/polygon-daily-ingestion.ts';
import { polygonHistoricalBackfill as backfill } from '../src/flows/polygon-historical-backfill.ts';
import { polygonSettlement as settlement } from '../src/flows/polygon-settlement.ts';
import { yahooMarketDataHourly as hourly } from '../src/flows/yahoo-market-data-hourly.ts';
import { ingestionWorkflow } from './ingest.ts';

// Flows that decide nothing of their own: their declarations say what makes them differ.
export const polygonDailyIngestion = ingestionWorkflow(daily);
export const polygonHistoricalBackfill = ingestionWorkflow(backfill);
export const polygonSettlement = ingestionWorkflow(settlement);
export const yahooMarketDataHourly = ingestionWorkflow(hourly);
