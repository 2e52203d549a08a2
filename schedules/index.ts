import type { ScheduleDeclaration } from './declaration.ts';
import { indicatorsDailyCalculation } from './indicators-daily-calculation.ts';
import { maintenanceCleanup } from './maintenance-cleanup.ts';
import { marketDataValidation } from './market-data-validation.ts';
import { polygonDailyIngestion } from './polygon-daily-ingestion.ts';
import { polygonSettlement } from './polygon-settlement.ts';
import { yahooMarketDataHourly } from './yahoo-market-data-hourly.ts';

/** Every schedule there is. */
export const declarations: readonly ScheduleDeclaration[] = [
  polygonDailyIngestion,
  polygonSettlement,
  yahooMarketDataHourly,
  marketDataValidation,
  indicatorsDailyCalculation,
  maintenanceCleanup,
];
