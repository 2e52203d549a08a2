import { exitCodeOf } from '../exit-code.ts';
import { printError } from '../output.ts';
import { serveDashboard } from '../serve-dashboard.ts';

// The command `dashboard` by itself: the others would take as much memory again.
try {
  process.exitCode = await serveDashboard();
} catch (error) {
  printError(error, false);
  process.exitCode = exitCodeOf(error);
}
// A connection that a library keeps open must not keep it alive.
process.exit();
