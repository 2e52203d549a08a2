/** The pools of the plan; a worker serves one. */
export const pools = ['data-ingestion', 'analytics', 'maintenance'] as const;
export type Pool = (typeof pools)[number];
