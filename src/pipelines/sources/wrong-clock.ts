import type { SourceName } from '../../domain/source.ts';
import type { Database } from '../../store/database.ts';
import { addRunEvents, hasRunEvent } from '../../store/run-events.ts';

/** Hears of answers with a clock that is not believed. */
export interface ClockWatch {
  readonly onWrongClock: (told: string) => void;
  /** Tells a run of the first of them, once. */
  tell(db: Database, runId: string): Promise<void>;
}

const kind = 'WrongClock';

export function watchClock(source: SourceName): ClockWatch {
  let first: string | null = null;
  return {
    onWrongClock: (told) => void (first ??= told),
    async tell(db, runId) {
      if (first === null || (await hasRunEvent(db, runId, kind))) return;
      const message =
        `the clock of ${source} says ${first}, more than 5 minutes from ours: ours counts. ` +
        'Where ours is wrong, set it right';
      await addRunEvents(db, runId, [{ level: 'warn', message, data: { kind, told: first } }]);
    },
  };
}
