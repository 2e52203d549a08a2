import { cpSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { expect, inject } from 'vitest';
import { declarations } from '../../schedules/index.ts';
import { findPort } from '../../src/runtime/ports.ts';
import { isRunning } from '../../src/runtime/processes.ts';
import { readState, type RuntimeState } from '../../src/runtime/state.ts';
import { openStore, type Store } from '../../src/store/database.ts';
import { commandLine, type CommandLine } from './command-line.ts';

/** `barwright up`, headless unless its first run is wanted, as a person starts it, with everything on ports of its own. */
export interface TestInstallation extends CommandLine {
  readonly store: Store;
  state(): RuntimeState;
  /** What `up` has printed so far. */
  shown(): string;
  /** What it has said beside that: its steps, and what went wrong. */
  said(): string;
  /** Ends it with `barwright down` and makes sure that nothing of it is left. */
  down(): Promise<void>;
  log(name: string): string;
}

const anyPort = { preferred: 0, strict: false };

/** Schedules stand still unless a test is about them: what they do at their hour must not come into its tables. */
export async function startInstallation(
  settings: Readonly<Record<string, string>>,
  {
    schedules = 'paused',
    firstRun = false,
  }: { readonly schedules?: 'paused' | 'running'; readonly firstRun?: boolean } = {},
): Promise<TestInstallation> {
  const ports = {
    TEMPORAL_PORT: String(await findPort(anyPort, '')),
    TEMPORAL_UI_PORT: String(await findPort(anyPort, '')),
    EMBEDDED_POSTGRES_PORT: String(await findPort(anyPort, '')),
  };
  // No test asks Yahoo itself, whatever a schedule does meanwhile.
  const yahoo = settings.POLYGON_BASE_URL === undefined ? {} : { YAHOO_BASE_URL: settings.POLYGON_BASE_URL };
  const command = commandLine({ ...ports, ...yahoo, ...settings });
  cpSync(inject('bundlesFolder'), path.join(command.home, 'workflow-bundles'), { recursive: true });
  const up = command.start('up', ...(firstRun ? [] : ['--headless']));
  let [said, shown] = ['', ''];
  up.stdout?.on('data', (chunk: Buffer) => (shown += chunk.toString()));
  await new Promise<void>((resolve, reject) => {
    up.stderr?.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      if (said.includes('ready:')) resolve();
    });
    up.once('exit', (code) => reject(new Error(`up ended with ${code}: ${said}`)));
  });
  const state = () => {
    const current = readState(command.home);
    if (current === null) throw new Error('there is no state');
    return current;
  };
  if (schedules === 'paused') await pauseSchedules(state().temporal?.address ?? '');
  const store = openStore(state().database?.url ?? '', { name: 'test' });
  return {
    ...command,
    store,
    shown: () => shown,
    said: () => said,
    state,
    log: (name) => readFileSync(path.join(command.home, name), 'utf8'),
    async down() {
      const { up: parent, database, temporal, simulator, dashboard, workers } = state();
      await store.close();
      expect(await command.run('down')).toMatchObject({ code: 0 });
      const parts = [database, temporal, simulator, dashboard, ...workers].flatMap(
        (part) => part?.process ?? [],
      );
      expect([parent, ...parts].filter(isRunning)).toEqual([]);
      rmSync(command.home, { recursive: true, force: true });
    },
  };
}

async function pauseSchedules(address: string): Promise<void> {
  const connection = await Connection.connect({ address });
  const { schedule } = new Client({ connection });
  for (const { flow } of declarations) await schedule.getHandle(flow).pause('a test has no hours');
  await connection.close();
}
