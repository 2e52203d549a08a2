/** What is kept for a time only, by the name of its table, and for how many days. */
export interface MaintenanceRequest {
  /** The schedule's time or the moment a person asked, ISO 8601: what is older than the retention counts from it. */
  readonly nominalTime: string;
  readonly retentionDays: Readonly<Record<RetainedTable, number>>;
  /** Only counts what would go. */
  readonly dryRun: boolean;
}

/** Tables whose rows expire. */
export const retainedTables = ['run_events'] as const;
export type RetainedTable = (typeof retainedTables)[number];

/** What a clean-up ends with: the rows of each table that went, or in a dry run would go. */
export interface MaintenanceSummary {
  readonly dryRun: boolean;
  readonly deleted: Readonly<Record<RetainedTable, number>>;
}
