import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { LongestFirst } from './tests/longest-first.ts';

export default defineConfig({
  test: {
    // Threads and Temporal's native library do not go together.
    pool: 'forks',
    // What a file leaves behind is in its database and queues: to load all modules again for each takes minutes.
    isolate: false,
    // Those that kill processes wait for most of their time: with one more than cores a fifth of that would be idle.
    maxWorkers: availableParallelism() + 2,
    sequence: { sequencer: LongestFirst },
    testTimeout: 180_000,
    hookTimeout: 240_000,
    reporters: ['default', './tests/tally-reporter.ts'],
    projects: [
      { extends: true, test: { name: 'unit', include: ['tests/unit/**/*.test.ts'] } },
      {
        extends: true,
        test: {
          name: 'servers',
          include: ['tests/**/*.test.ts'],
          exclude: ['tests/unit/**', 'tests/image/**', 'tests/production/**'],
          globalSetup: ['tests/global-setup.ts'],
          setupFiles: ['tests/support/end-lab.ts'],
        },
      },
    ],
  },
});
