import { CommanderError } from 'commander';
import { UsageError } from './errors.ts';
import { exitCodeOf } from './exit-code.ts';
import { printError } from './output.ts';
import { buildProgram } from './program.ts';

/** Does what a command line says, the program's name first; an error is printed, and sets the process's exit code. */
export async function runCommandLine(argv: readonly string[]): Promise<void> {
  try {
    await buildProgram().parseAsync([...argv]);
  } catch (error) {
    const shownHelp = error instanceof CommanderError && error.exitCode === 0;
    if (shownHelp) return;
    const shown = translated(error);
    printError(shown, argv.includes('--json'));
    process.exitCode = exitCodeOf(shown);
  }
}

function translated(error: unknown): unknown {
  if (!(error instanceof CommanderError)) return error;
  const message = error.message.replace(/^error: /, '');
  return new UsageError(message === '(outputHelp)' ? 'a command is missing' : message, 'see barwright help');
}
