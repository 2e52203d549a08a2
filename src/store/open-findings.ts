import { sql } from 'kysely';
import type { Severity } from '../domain/severity.ts';
import type { Database } from './database.ts';

/** Open findings of one rule and severity, together. */
export interface OpenFindings {
  readonly rule: string;
  readonly severity: Severity;
  readonly count: number;
  /** When the oldest of them was found. */
  readonly since: Date;
  /** How many instruments they are of; 0: of none in particular. */
  readonly instruments: number;
  /** Some of their symbols, by name. */
  readonly symbols: readonly string[];
  /** The newest of them. */
  readonly id: number;
}

const mostNamed = 3;

/** The open findings that wait for somebody, by rule and severity; those that only tell are left out. */
export async function openFindings(db: Database): Promise<readonly OpenFindings[]> {
  const { rows } = await sql<OpenFindings>`
    select rule, severity, count(*)::int as count, min(found_at) as since, count(distinct instrument_id)::int as instruments,
      coalesce((array_agg(distinct symbol collate "C" order by symbol collate "C") filter (where symbol is not null))[1:${sql.lit(mostNamed)}],
        '{}') as symbols, max(f.id)::int as id
    from market.quality_findings f left join market.instruments i on i.id = f.instrument_id
    where f.status = 'open' and severity in ('error', 'warn')
    group by rule, severity order by severity, count(*) desc, rule`.execute(db);
  return rows;
}
