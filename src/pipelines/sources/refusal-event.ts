import type { SourceName } from '../../domain/source.ts';
import type { RunEvent } from '../../store/run-events.ts';

/** What a run is told of a source that refuses everybody, and is left alone for so long. */
export function refusalEvent(source: SourceName, forMs: number): RunEvent {
  const message = `${source} refuses for too many requests: nothing is asked for ${Math.round(forMs / 1000)} s`;
  return { level: 'warn', message };
}
