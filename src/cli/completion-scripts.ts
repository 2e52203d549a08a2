/** A command as a shell completes it. */
export interface CompletedCommand {
  /** Its words, without the program's own name. */
  readonly path: string;
  readonly commands: readonly { readonly word: string; readonly description: string }[];
  /** What its first argument may be, where that is known. */
  readonly words: readonly string[];
  readonly options: readonly {
    readonly flag: string;
    readonly description: string;
    /** Null: it takes no value; empty: one that only a person knows. */
    readonly takes: readonly string[] | null;
  }[];
}

export const shells = ['bash', 'zsh', 'fish'] as const;

/** The script that makes a shell complete these commands. */
export function scriptFor(shell: (typeof shells)[number], commands: readonly CompletedCommand[]): string {
  return { bash: bashScript, zsh: zshScript, fish: fishScript }[shell](commands);
}

/** Runs of words that are commands make the path: what begins with a hyphen, or follows an option, is none. */
function findPath(commands: readonly CompletedCommand[]): string {
  const paths = commands.flatMap(({ path }) => (path === '' ? [] : `'${path}'`));
  return `case "$path\${path:+ }$word" in ${paths.join('|')}) path="$path\${path:+ }$word" ;; esac`;
}

/** Branches of a \`case\` over the path and the word before. */
function valueCases(commands: readonly CompletedCommand[]): readonly string[] {
  return commands.flatMap(({ path, options }) =>
    options.flatMap(({ flag, takes }) =>
      takes === null ? [] : `    '${path} ${flag}') words='${takes.join(' ')}' ;;`,
    ),
  );
}

function wordCases(commands: readonly CompletedCommand[]): readonly string[] {
  return commands.map(({ path, commands: below, words, options }) => {
    const offered = [...below.map(({ word }) => word), ...words, ...options.map(({ flag }) => flag)];
    return `    '${path}') words='${offered.join(' ')}' ;;`;
  });
}

/** Fills \`words\` for the words of a line up to the one that is completed; bash and zsh read it alike. */
function choosing(commands: readonly CompletedCommand[]): string {
  return `  local path='' word words=''
  for word in "\${before[@]}"; do
    ${findPath(commands)}
  done
  case "$path $previous" in
${valueCases(commands).join('\n')}
    *) case "$path" in
${wordCases(commands).join('\n')}
    esac ;;
  esac`;
}

function bashScript(commands: readonly CompletedCommand[]): string {
  return `# Completes barwright in bash: source <(barwright completion bash)
_barwright() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}"
  local before=("\${COMP_WORDS[@]:1:COMP_CWORD-1}")
${choosing(commands)}
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o bashdefault -o default -F _barwright barwright
`;
}

function zshScript(commands: readonly CompletedCommand[]): string {
  return `#compdef barwright
# Completes barwright in zsh: source <(barwright completion zsh)
_barwright() {
  local previous="\${words[CURRENT-1]}"
  local -a before=("\${(@)words[2,CURRENT-1]}")
  _barwright_words
}
_barwright_words() {
${choosing(commands)}
  compadd -- \${=words}
}
compdef _barwright barwright
`;
}

function fishScript(commands: readonly CompletedCommand[]): string {
  const paths = commands.flatMap(({ path }) => (path === '' ? [] : `'${path}'`));
  const lines = commands.flatMap(({ path, commands: below, words, options }) => {
    const at = `complete -c barwright -f -n "__barwright_at '${path}'"`;
    return [
      ...below.map(({ word, description }) => `${at} -a '${word}' -d '${quoted(description)}'`),
      ...words.map((word) => `${at} -a '${word}'`),
      ...options.map(({ flag, description, takes }) => {
        const value = takes === null ? '' : takes.length === 0 ? ' -x' : ` -x -a '${takes.join(' ')}'`;
        return `${at} -l '${flag.replace(/^-+/, '')}' -d '${quoted(description)}'${value}`;
      }),
    ];
  });
  return `# Completes barwright in fish: barwright completion fish | source
function __barwright_at
  set -l path ''
  for word in (commandline -opc)[2..]
    set -l longer (string trim -- "$path $word")
    if contains -- "$longer" ${paths.join(' ')}
      set path $longer
    end
  end
  test "$path" = "$argv[1]"
end
${lines.join('\n')}
`;
}

const quoted = (text: string) => text.replaceAll('\\', '\\\\').replaceAll("'", "\\'");
