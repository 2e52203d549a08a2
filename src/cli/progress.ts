import { setTimeout as delay } from 'node:timers/promises';
import { Presets, SingleBar } from 'cli-progress';
import type { Database } from '../store/database.ts';
import { loadProgress } from '../store/load-runs.ts';
import { note } from './output.ts';

const everyMs = 500;

interface Display {
  update(progress: { readonly total: number; readonly finished: number; readonly records: number }): void;
  end(): void;
}

function barDisplay(): Display {
  const format = '{bar} {value}/{total} symbols | {records} records | {eta_formatted} left';
  const bar = new SingleBar(
    { format, stream: process.stderr, clearOnComplete: true },
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
    end: () => undefined,
  };
}

/** Shows how far a run has come, on standard error: a bar on a terminal, lines elsewhere. Returns what ends it. */
export function showProgress(db: Database, runId: string): () => Promise<void> {
  const display = process.stderr.isTTY ? barDisplay() : lineDisplay();
  const ended = new AbortController();
  const loop = (async () => {
    while (!ended.signal.aborted) {
      // A database that is away for a moment stops the display, not the run.
      const progress = await loadProgress(db, runId).catch(() => null);
      if (progress !== null) display.update(progress);
      await delay(everyMs, undefined, { signal: ended.signal }).catch(() => undefined);
    }
  })();
  return async () => {
    ended.abort();
    await loop;
    display.end();
  };
}
