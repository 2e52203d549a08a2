import type { Page } from './page.ts';
import { run } from './pages/run.ts';
import { runs } from './pages/runs.ts';
import { today } from './pages/today.ts';
import { coverage } from './pages/coverage.ts';

/**
 * Every page there is. A page is added by one file in pages/ that exports a `Page` (page.ts says what that is), and a line
 * here: its route and its place in the header come from there. What it reads goes through `visit.read` or `visit.ask`, a
 * section each, and is shown with `shownOr` of parts.ts: a section that fails then says so, and the others stand.
 */
export const pages: readonly Page[] = [today, coverage, runs, run];
