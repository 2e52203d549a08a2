import { note } from './output.ts';
import { runCommandLine } from './run-command-line.ts';

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
await runCommandLine(process.argv);
// A long document may still be on its way through a pipe.
await Promise.all([written(process.stdout), written(process.stderr)]);
// A connection that a library keeps open must not keep a finished command alive.
process.exit();
