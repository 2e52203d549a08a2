import { setTimeout as delay } from 'node:timers/promises';
import { Presets, SingleBar } from 'cli-progress';
import type { Database } from '../store/database.ts';
import { loadProgress } from '../store/load-runs.ts';
import { note, terminalWidth } from './output.ts';
import { shortened } from './table/display-text.ts';

const everyMs = 500;
/** After so long without a move a person is told why. */
const silenceMs = 3_000;
/** And again when that changes, or after so long. */
const reminderMs = 30_000;

interface RunCounts {
  readonly total: number;
  readonly finished: number;
  readonly records: number;
}

interface Display {
  update(progress: RunCounts): void;
  /** Why nothing moves. */
  say(reason: string): void;
  end(): void;
}

function barDisplay(): Display {
  const format = '{bar} {value}/{total} symbols | {records} records | {eta_formatted} left';
  const bar = new SingleBar(
    { format, stream: process.stderr, clearOnComplete: true, barsize: 20 },
    Presets.shades_classic,
  );
  let started = false;
  return {
    update({ total, finished, records }) {
      if (total === 0) return;
      if (!started) bar.start(total, finished, { records });
      started = true;
      bar.setTotal(total);
      bar.update(finished, { records });
    },
    say(reason) {
      // The bar comes back below it with the next move.
      if (started) bar.stop();
      started = false;
      note(shortened(reason, terminalWidth()));
    },
    end: () => bar.stop(),
  };
}

function lineDisplay(): Display {
  let last = '';
  return {
    update({ total, finished, records }) {
      const line = `${finished}/${total} symbols, ${records} records`;
      if (total > 0 && line !== last) note(line);
      last = line;
    },
    say: note,
    end: () => undefined,
  };
}

/** Whose progress is shown. */
export interface WatchedRun {
  readonly db: Database;
  readonly runId: string;
  /** Why it does not move; null: nobody knows. */
  readonly reason: () => Promise<string | null>;
  /** Whose loads are counted; unset: its own. */
  readonly progress?: typeof loadProgress;
}

/**
 * Shows how far a run has come, on standard error: a bar on a terminal, lines elsewhere; and where it stands still, why.
 * Returns what ends it.
 */
export function showProgress({
  db,
  runId,
  reason,
  progress: counted = loadProgress,
}: WatchedRun): () => Promise<void> {
  const display = process.stderr.isTTY ? barDisplay() : lineDisplay();
  const ended = new AbortController();
  let [seen, quietUntil] = ['', performance.now() + silenceMs];
  let [said, saidAt] = ['', -Infinity];
  const look = async () => {
    const progress = await counted(db, runId);
    const state = JSON.stringify(progress);
    if (state !== seen) {
      display.update(progress);
      [seen, quietUntil] = [state, performance.now() + silenceMs];
    } else if (performance.now() >= quietUntil) {
      const why = await reason();
      quietUntil = performance.now() + silenceMs;
      if (why === null || ended.signal.aborted) return;
      if (kindOf(why) === said && performance.now() - saidAt < reminderMs) return;
      display.say(why);
      [said, saidAt] = [kindOf(why), performance.now()];
    }
  };
  const loop = (async () => {
    while (!ended.signal.aborted) {
      // A database or server that is away for a moment stops the display, not the run.
      await look().catch(() => undefined);
      await delay(everyMs, undefined, { signal: ended.signal }).catch(() => undefined);
    }
  })();
  return async () => {
    ended.abort();
    await loop;
    display.end();
  };
}

/** A reason without its times. */
function kindOf(reason: string): string {
  return reason.replaceAll(/[\d:-]{8,}/g, '');
}
