import { setTimeout as delay } from 'node:timers/promises';
import type { Database } from '../store/database.ts';
import { readRunEvents, type StoredEvent } from '../store/run-events.ts';
import { isOpen } from '../store/open-runs.ts';
import { withStore } from './context.ts';
import { printJson, printLine, printTitle } from './output.ts';
import type { JsonOption } from './shared-options.ts';
import { requireRun } from './show-run.ts';
import { wallClock } from '../operations/wall-clock.ts';

interface LogsOptions extends JsonOption {
  readonly follow?: true;
}

const pollMs = 500;
/** An event gets its number before others see it: those that come late are looked for so long. */
const latenessMs = 120_000;

/** Prints what a run said of itself, until it ends where asked; throws `UsageError` where there is no such run. */
export async function followLogs(id: string, { json, follow }: LogsOptions): Promise<void> {
  await withStore(async ({ store: { db }, config: { market, displayTimeZone: zone } }) => {
    const { run_id: runId, workflow_id: workflowId } = await requireRun(db, id);
    const all: StoredEvent[] = [];
    const { second } = wallClock(zone);
    if (!json) printTitle(`${workflowId}; times of ${zone}`, market);
    const say = (event: StoredEvent) => {
      if (json) all.push(event);
      else printLine(`${second(event.at)} ${lineOf(event)}`);
    };
    if (follow) await untilEnd(db, runId, say);
    else for (const event of await readRunEvents(db, runId)) say(event);
    if (json) printJson({ runId, events: all.map(documentOf) }, market);
  });
}

/** Says each event of a run once, until the run has ended and all of them are said. */
async function untilEnd(db: Database, runId: string, say: (event: StoredEvent) => void): Promise<void> {
  const seen = new Map<string, number>();
  let after = '0';
  for (let ended = false; !ended;) {
    ended = (await isOpen(db, runId)) !== true;
    const now = performance.now();
    for (const event of await readRunEvents(db, runId, after)) {
      if (!seen.has(event.id)) say(event);
      seen.set(event.id, seen.get(event.id) ?? now);
    }
    for (const [id, at] of seen) {
      if (now - at <= latenessMs) break;
      if (BigInt(id) > BigInt(after)) after = id;
      seen.delete(id);
    }
    if (!ended) await delay(pollMs);
  }
}

function documentOf({ at, level, symbol, message, data }: StoredEvent): object {
  return { at: at.toISOString(), level, symbol, message, data };
}

function lineOf({ level, symbol, message, data }: StoredEvent): string {
  const detail = data === null ? '' : ` ${JSON.stringify(data)}`;
  return `${level.padEnd(5)} ${symbol === null ? '' : `${symbol}: `}${message}${detail}`;
}
