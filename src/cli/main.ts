import { CommanderError } from 'commander';
import { UsageError } from './errors.ts';
import { exitCodeOf } from './exit-code.ts';
import { note, printError } from './output.ts';
import { buildProgram } from './program.ts';

function translated(error: unknown): unknown {
  if (!(error instanceof CommanderError)) return error;
  const message = error.message.replace(/^error: /, '');
  return new UsageError(message === '(outputHelp)' ? 'a command is missing' : message, 'see barwright help');
}

async function main(argv: readonly string[]): Promise<void> {
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

function written(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    stream.write('', () => resolve());
  });
}

// A reader that has seen enough, such as head, is no error.
process.stdout.on('error', ({ code }: NodeJS.ErrnoException) => {
  if (code !== 'EPIPE') process.exitCode = 1;
});
// Commands that end in order on Ctrl-C, as up and worker do, take this away.
process.on('SIGINT', () => {
  note('interrupted; runs that were started go on (barwright runs list)');
  process.exit(130);
});
await main(process.argv);
// A long document may still be on its way through a pipe.
await Promise.all([written(process.stdout), written(process.stderr)]);
// A connection that a library keeps open must not keep a finished command alive.
process.exit();
