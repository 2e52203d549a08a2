import { Argument, type Command, type Option } from 'commander';
import { declarations } from '../../schedules/index.ts';
import { intervalNames } from '../domain/interval.ts';
import { severities } from '../domain/severity.ts';
import { sourceNames } from '../domain/source.ts';
import { flowNames } from '../flows/index.ts';
import { pools } from '../flows/pools.ts';
import { adjustments } from '../store/adjusted-bars.ts';
import { scriptFor, shells, type CompletedCommand } from './completion-scripts.ts';
import { parseChoice } from './parameters.ts';

/** Words that an option or an argument takes, by its name; whatever is not here takes what a person knows. */
const wordsOfOption: Readonly<Record<string, readonly string[]>> = {
  '--flow': flowNames,
  '--pool': pools,
  '--source': sourceNames,
  '--interval': intervalNames,
  '--adjust': adjustments,
  '--severity': severities,
  '--format': ['table', 'csv', 'json'],
};
const scheduled = declarations.map(({ flow }) => flow);
const wordsOfArgument: Readonly<Record<string, readonly string[]>> = {
  'run flow': flowNames,
  'completion shell': shells,
  ...Object.fromEntries(
    ['inspect', 'pause', 'resume', 'trigger'].map((verb) => [`schedules ${verb} id`, scheduled]),
  ),
};

export function addCompletionCommand(program: Command): void {
  program
    .command('completion')
    .description('a script that completes commands in a shell: source <(barwright completion bash)')
    .addArgument(new Argument('<shell>', shells.join(', ')))
    .action((shell: string) => {
      process.stdout.write(completionOf(program, shell));
    });
}

/** The script that completes a program in a shell; throws `UsageError` for a shell that it is not for. */
export function completionOf(program: Command, shell: string): string {
  return scriptFor(parseChoice('the shell', shell, shells), completedCommands(program));
}

/** Every command of a program by its path, the program itself first, with what may follow it. */
function completedCommands(command: Command, path = ''): readonly CompletedCommand[] {
  const below = command.commands.flatMap((sub) => completedCommands(sub, `${path} ${sub.name()}`.trim()));
  const argument = command.registeredArguments[0]?.name();
  const own: CompletedCommand = {
    path,
    commands: command.commands.map((sub) => ({ word: sub.name(), description: sub.description() })),
    words: (argument === undefined ? undefined : wordsOfArgument[`${path} ${argument}`]) ?? [],
    options: [...command.options.map(optionOf), { flag: '--help', description: 'help', takes: null }],
  };
  return [own, ...below];
}

function optionOf({
  long,
  short,
  description,
  required,
  optional,
}: Option): CompletedCommand['options'][number] {
  const flag = long ?? short ?? '';
  return { flag, description, takes: required || optional ? (wordsOfOption[flag] ?? []) : null };
}
