export { indicatorsDailyCalculation } from './indicators-daily-calculation.ts';
export {
  polygonDailyIngestion,
  polygonHistoricalBackfill,
  polygonSettlement,
  yahooMarketDataHourly,
} from './ingestion-flows.ts';
export { maintenanceCleanup } from './maintenance-cleanup.ts';
export { marketDataValidation } from './market-data-validation.ts';
export { reaskGaps } from './reask-gaps.ts';
export { reconcileLedger } from './reconcile-ledger.ts';
export { repairGaps } from './repair-gaps.ts';
export { startScheduledRun } from './start-scheduled-run.ts';
export { syncCorporateActions } from './sync-corporate-actions.ts';
export { syncSymbolHistory } from './sync-symbol-history.ts';
export { syncUniverse } from './sync-universe.ts';
export { watchSymbols } from './watch-symbols.ts';
// Whatever other name one is started by.
export { unknownWorkflow as default } from './unknown-workflow.ts';
