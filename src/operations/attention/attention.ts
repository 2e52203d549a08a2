import type { DateRange } from '../../domain/date-range.ts';
import type { FlowRuns } from '../../store/flow-runs.ts';
import type { OpenFindings } from '../../store/open-findings.ts';
import type { OpenReask } from '../../store/open-reasks.ts';
import type { Freshness } from '../freshness.ts';
import type { StoreFigures, TemporalFigures } from '../read-status.ts';

/** Bad: a person has to do something about it today; warn: it waits for a decision, or goes on without something. */
export type Urgency = 'bad' | 'warn';

/** Which page shows it, and what of it. */
export interface AttentionPlace {
  readonly page: 'coverage' | 'runs' | 'run';
  readonly query: Readonly<Record<string, string>>;
}

/** One thing that needs a person, in words. */
export interface Attention {
  readonly urgency: Urgency;
  /** In a word: `Late`, `Gap`, `Finding`. */
  readonly kind: string;
  /** Null: nobody knows. */
  readonly since: Date | null;
  readonly what: string;
  readonly where: string;
  readonly place: AttentionPlace | null;
  /** How many cells, findings or loads it is; null: it is not about any. */
  readonly cells: number | null;
  /** What comes by itself, or what a person does. */
  readonly next: string;
  /** What a person types; null: nothing helps but what `next` says. */
  readonly command: string | null;
}

/** All that is known; null: it could not be read. */
export interface AttentionFacts {
  readonly now: Date;
  readonly freshness: readonly Freshness[] | null;
  readonly runs: readonly FlowRuns[] | null;
  readonly findings: readonly OpenFindings[] | null;
  readonly reasks: readonly OpenReask[] | null;
  readonly store: StoreFigures | null;
  readonly temporal: TemporalFigures | null;
  /** An instant as a sentence has it. */
  readonly when: (instant: Date) => string;
  /** A session, or the first and the last of several. */
  readonly sessions: (range: DateRange) => string;
}
