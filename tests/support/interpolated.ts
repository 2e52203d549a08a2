type Variables = Readonly<Record<string, string | undefined>>;

/** A variable that has to be set is not; the message is that of the file. */
export class VariableMissing extends Error {
  override readonly name = 'VariableMissing';
}

const reference = /^\$\{([A-Z][A-Z0-9_]*)(?:(:?[-+?])(.*))?\}$/s;

/** A text of a compose file with its variables replaced as compose does it; throws `VariableMissing`. */
export function interpolated(text: string, variables: Variables): string {
  return pieces(text)
    .map((piece) => (piece.startsWith('${') ? valueOf(piece, variables) : piece.replaceAll('$$', '$')))
    .join('');
}

/** Every variable that a text names, those within defaults too. */
export function variablesIn(text: string): readonly string[] {
  return [...text.replaceAll('$$', '').matchAll(/\$\{([A-Z][A-Z0-9_]*)/g)].map(([, name = '']) => name);
}

function valueOf(piece: string, variables: Variables): string {
  const [, name = '', operator = '', operand = ''] = reference.exec(piece) ?? [];
  if (name === '') throw new Error(`not understood: ${piece}`);
  const value = variables[name] ?? '';
  switch (operator) {
    case ':+':
      return value === '' ? '' : interpolated(operand, variables);
    case ':-':
      return value === '' ? interpolated(operand, variables) : value;
    case ':?':
      if (value === '') throw new VariableMissing(`${name}: ${operand}`);
      return value;
    case '':
      return value;
    default:
      throw new Error(`${operator} treats what is empty as set: ${piece}`);
  }
}

/** Splits a text into references, with what is nested in them, and what stands between. */
function pieces(text: string): readonly string[] {
  const start = /(?<!\$)\$\{/.exec(text)?.index;
  if (start === undefined) return [text];
  let depth = 0;
  for (let at = start + 1; at < text.length; at += 1) {
    if (text[at] === '{') depth += 1;
    if (text[at] === '}') depth -= 1;
    if (depth === 0) return [text.slice(0, start), text.slice(start, at + 1), ...pieces(text.slice(at + 1))];
  }
  throw new Error(`a reference without an end: ${text}`);
}
