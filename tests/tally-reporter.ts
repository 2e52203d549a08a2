import type { Reporter, TestCase } from 'vitest/node';

/** Counts every test as it ends and closes the output with one plain line: `N passed, N failed, N skipped`. */
class TallyReporter implements Reporter {
  private readonly counts = { passed: 0, failed: 0, skipped: 0 };
  private broken = 0;

  onTestCaseResult(test: TestCase): void {
    const { state } = test.result();
    if (state !== 'pending') this.counts[state] += 1;
  }

  onTestRunEnd(
    modules: Parameters<NonNullable<Reporter['onTestRunEnd']>>[0],
    errors: readonly unknown[],
  ): void {
    // A file that does not load, or an error outside of any test, has no test case of its own.
    this.broken = errors.length + modules.reduce((sum, module) => sum + module.errors().length, 0);
    const { passed, failed, skipped } = this.counts;
    // After vitest's own summary, so that this line is the last.
    process.once('exit', () => {
      process.stdout.write(`${passed} passed, ${failed + this.broken} failed, ${skipped} skipped\n`);
    });
  }
}

export default TallyReporter;
