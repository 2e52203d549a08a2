export { polygonDailyIngestion } from './polygon-daily-ingestion.ts';
export { polygonHistoricalBackfill } from './polygon-historical-backfill.ts';
export { polygonSettlement } from './polygon-settlement.ts';
export { startScheduledRun } from './start-scheduled-run.ts';
export { syncUniverse } from './sync-universe.ts';
export { watchSymbols } from './watch-symbols.ts';
export { yahooMarketDataHourly } from './yahoo-market-data-hourly.ts';
