import { defineConfig } from 'vitest/config';

/** Tests of what runs in production; they build large things and take minutes, and so are no part of `npm test`. */
export default defineConfig({
  test: {
    pool: 'forks',
    fileParallelism: false,
    testTimeout: 600_000,
    hookTimeout: 3_600_000,
    reporters: ['verbose', './tests/tally-reporter.ts'],
    projects: [
      {
        extends: true,
        test: {
          name: 'image',
          include: ['tests/image/**/*.test.ts'],
          globalSetup: ['tests/global-setup.ts'],
        },
      },
      { extends: true, test: { name: 'production', include: ['tests/production/**/*.test.ts'] } },
    ],
  },
});
