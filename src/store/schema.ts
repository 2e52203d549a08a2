import type { AdjustedClosesTable, AdjustedStepsTable } from './schema/adjusted-closes.ts';
import type {
  ActionListingsTable,
  ActionSyncsTable,
  CorporateActionRevisionsTable,
  CorporateActionsTable,
  FindingEventsTable,
  QualityFindingsTable,
} from './schema/actions.ts';
import type { CoverageMonthsTable, CoverageVersionsTable } from './schema/coverage.ts';
import type { FundamentalReadsTable, FundamentalsTable, KeyStatisticsTable } from './schema/fundamentals.ts';
import type {
  DatedListsTable,
  IdentityAnswersTable,
  ListedBearersTable,
  MovesTable,
  PlacementsTable,
  SymbolHistoryTable,
} from './schema/identity.ts';
import type { IndicatorRevisionsTable, IndicatorStatesTable, IndicatorsTable } from './schema/indicators.ts';
import type {
  EndpointComparisonsTable,
  LoadRequestsTable,
  LoadRunsTable,
  RejectedRowsTable,
  RunEventsTable,
  RunsTable,
} from './schema/ledger.ts';
import type {
  BarAbsencesTable,
  BarLapsesTable,
  BarRevisionsTable,
  DailyBarsTable,
  InstrumentsTable,
  IntradayBarsTable,
  MarketDaysTable,
  VersionOf,
} from './schema/market.ts';
import type {
  BarCorrectionsTable,
  ConsumerSourcesTable,
  MarketScoresTable,
  SourceAgreementTable,
} from './schema/quality.ts';
import type {
  ChangesTable,
  InstallationTable,
  LateFiringsTable,
  ProviderBudgetsTable,
  ReferenceSyncsTable,
  SchedulePausesTable,
  SnapshotsTable,
  TurnsTable,
  WorkersTable,
} from './schema/operation.ts';

export type { ActionStatus } from './schema/actions.ts';
export type { EndedRunStatus, LoadStatus, OpenRunStatus, RunStatus } from './schema/ledger.ts';

/** Every table, by its name in the database. */
export interface Schema {
  'market.installation': InstallationTable;
  'market.instruments': InstrumentsTable;
  'market.daily_bars': DailyBarsTable;
  'market.intraday_bars': IntradayBarsTable;
  'market.bar_revisions': BarRevisionsTable;
  'market.bar_absences': BarAbsencesTable;
  'market.bar_lapses': BarLapsesTable;
  'market.adjusted_closes': AdjustedClosesTable;
  'market.adjusted_steps': AdjustedStepsTable;
  'market.market_days': MarketDaysTable;
  'market.coverage_months': CoverageMonthsTable;
  'market.coverage_versions': CoverageVersionsTable;
  'market.load_runs': LoadRunsTable;
  'market.load_requests': LoadRequestsTable;
  'market.endpoint_comparisons': EndpointComparisonsTable;
  'market.runs': RunsTable;
  'market.run_events': RunEventsTable;
  'market.rejected_rows': RejectedRowsTable;
  'market.reference_syncs': ReferenceSyncsTable;
  'market.provider_budgets': ProviderBudgetsTable;
  'market.late_firings': LateFiringsTable;
  'market.turns': TurnsTable;
  'market.schedule_pauses': SchedulePausesTable;
  'market.workers': WorkersTable;
  'market.snapshots': SnapshotsTable;
  'market.changes': ChangesTable;
  'market.corporate_actions': CorporateActionsTable;
  'market.corporate_action_revisions': CorporateActionRevisionsTable;
  'market.action_listings': ActionListingsTable;
  'market.action_syncs': ActionSyncsTable;
  'market.quality_findings': QualityFindingsTable;
  'market.finding_events': FindingEventsTable;
  'market.bar_corrections': BarCorrectionsTable;
  'market.consumer_sources': ConsumerSourcesTable;
  'market.market_scores': MarketScoresTable;
  'market.source_agreement': SourceAgreementTable;
  'market.fundamentals': FundamentalsTable;
  'market.key_statistics': KeyStatisticsTable;
  'market.fundamental_reads': FundamentalReadsTable;
  'market.indicators': IndicatorsTable;
  'market.indicator_revisions': IndicatorRevisionsTable;
  'market.indicator_states': IndicatorStatesTable;
  'market.symbol_history': SymbolHistoryTable;
  'market.dated_lists': DatedListsTable;
  'market.listed_bearers': ListedBearersTable;
  'market.identity_answers': IdentityAnswersTable;
  'market.moves': MovesTable;
  'market.placements': PlacementsTable;
  'market.instrument_versions': VersionOf<InstrumentsTable>;
  'market.daily_bar_versions': VersionOf<DailyBarsTable>;
  'market.bar_correction_versions': VersionOf<BarCorrectionsTable>;
  'market.intraday_bar_versions': VersionOf<IntradayBarsTable>;
  'market.bar_absence_versions': VersionOf<BarAbsencesTable>;
  'market.corporate_action_versions': VersionOf<CorporateActionsTable>;
  'market.action_sync_versions': VersionOf<ActionSyncsTable>;
  'market.indicator_versions': VersionOf<IndicatorsTable>;
}
