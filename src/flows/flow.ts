import type { z } from 'zod';
import type { DateRange } from '../domain/date-range.ts';
import type { SourceName } from '../domain/source.ts';
import type { AnyRequest, RunCalendar, RunRequest, RunSessions } from '../runs/run.ts';
import type { FlowPolicy } from '../runs/run-policy.ts';
import type { Pool } from './pools.ts';

/** What a flow is, whatever it is asked. */
export interface FlowFace {
  /** The plan's name: the schedule's id, the first part of every run's id. */
  readonly name: string;
  /** The workflow's name. */
  readonly type: string;
  readonly pool: Pool;
  readonly description: string;
  /** Whom it asks; null: nobody, it works on what is stored. */
  readonly asks: SourceName | null;
  /** What it is about, for tags and the search attribute `Provider`: the source that it asks, or else a word. */
  readonly subject: string;
  /** 1 is first, 3 what everything else has: live runs before backfills, where a worker has to choose. */
  readonly priorityKey: number;
  readonly policy: FlowPolicy;
}

/** A flow: all that its workflow, its schedule, the command line and the tables of names have to know of it. */
export interface Flow<
  Schema extends z.ZodObject = z.ZodObject,
  Request extends AnyRequest = RunRequest,
> extends FlowFace {
  /** The workflow's input and the command line's options: the plan's names, JSON only, every default filled in. */
  readonly parameters: Schema;
  /** What parameters ask at a nominal time, ISO 8601. Throws `ContradictoryParameters`. */
  request(parameters: z.output<Schema>, nominalTime: string): Request;
  /**
   * What one run is asked for several firings of a schedule, so many calendar days from the first to the last; unset: the
   * last one's parameters are for all of them.
   */
  catchUp?(parameters: z.output<Schema>, days: number): object;
  /** The sessions that a request is for. */
  sessions(request: Request, calendar: RunCalendar): RunSessions;
  /** The session or range that its run's id names. */
  span(request: Request, sessions: RunSessions): DateRange;
  /** What tells its runs of the same span apart. */
  identity(request: Request): object;
}
