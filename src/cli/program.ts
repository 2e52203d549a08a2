import { Command } from 'commander';
import barwright from '../../package.json' with { type: 'json' };
import { addActionsCommand } from './actions.ts';
import { addBackfillCommand } from './backfill.ts';
import { addBarsCommand } from './bars.ts';
import { addCalendarCommand } from './calendar.ts';
import { addCompletionCommand } from './completion.ts';
import { addConfigCommand } from './config.ts';
import { addCoverageCommand } from './coverage.ts';
import { addDashboardCommand } from './dashboard.ts';
import { addDbCommand } from './db.ts';
import { addDownCommand } from './down.ts';
import { addFundamentalsCommand } from './fundamentals.ts';
import { addIndicatorsCommand } from './indicators.ts';
import { addQualityCommand } from './quality.ts';
import { addRepairCommand } from './repair.ts';
import { addRunCommand } from './run.ts';
import { addRunsCommand } from './runs.ts';
import { addSchedulesCommand } from './schedules.ts';
import { addSimulateCommand } from './simulate.ts';
import { addSnapshotsCommand } from './snapshots.ts';
import { addStatusCommand } from './status.ts';
import { addSymbolsCommand } from './symbols.ts';
import { addUpCommand } from './up.ts';
import { addWorkerCommand } from './worker.ts';

/** Every command there is; what is wrong with a line is thrown, not printed. */
export function buildProgram(): Command {
  const program = new Command('barwright')
    .description('The market-data keeper of a trading system')
    .version(barwright.version)
    // An option after the name of a subcommand is that one's, though the command above has one of that name.
    .enablePositionalOptions()
    .exitOverride()
    // Errors are printed once, by us: as JSON where that was asked for.
    .configureOutput({ writeErr: () => undefined, outputError: () => undefined });
  addUpCommand(program);
  addDownCommand(program);
  addStatusCommand(program);
  addRunCommand(program);
  addBackfillCommand(program);
  addRunsCommand(program);
  addSchedulesCommand(program);
  addWorkerCommand(program);
  addSymbolsCommand(program);
  addBarsCommand(program);
  addIndicatorsCommand(program);
  addActionsCommand(program);
  addFundamentalsCommand(program);
  addCoverageCommand(program);
  addRepairCommand(program);
  addQualityCommand(program);
  addSnapshotsCommand(program);
  addCalendarCommand(program);
  addDashboardCommand(program);
  addSimulateCommand(program);
  addDbCommand(program);
  addConfigCommand(program);
  addCompletionCommand(program);
  return program;
}
