import { exitCodeOf } from '../../src/cli/exit-code.ts';
import { printError } from '../../src/cli/output.ts';
import { buildProgram } from '../../src/cli/program.ts';

interface Said {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command in this process, with these variables beside its own: a process of its own takes a second. */
export async function runCommand(
  variables: Readonly<Record<string, string>>,
  ...args: readonly string[]
): Promise<Said> {
  const said = { stdout: '', stderr: '' };
  const before = Object.keys(variables).map((name) => [name, process.env[name]] as const);
  const restore = [heard('stdout', said), heard('stderr', said)];
  Object.assign(process.env, variables);
  try {
    await buildProgram().parseAsync(['node', 'barwright', ...args]);
    return { code: Number(process.exitCode ?? 0), ...said };
  } catch (error) {
    printError(error, args.includes('--json'));
    return { code: exitCodeOf(error), ...said };
  } finally {
    for (const undo of restore) undo();
    for (const [name, value] of before) {
      if (value === undefined) Reflect.deleteProperty(process.env, name);
      else process.env[name] = value;
    }
    process.exitCode = undefined;
  }
}

/** Keeps what is written to a stream; returns what lets it through again. */
function heard(name: 'stdout' | 'stderr', said: Record<'stdout' | 'stderr', string>): () => void {
  const stream = process[name];
  const write = stream.write.bind(stream);
  stream.write = (chunk: string | Uint8Array) => {
    said[name] += String(chunk);
    return true;
  };
  return () => void (stream.write = write);
}
