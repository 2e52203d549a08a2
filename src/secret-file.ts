import { readFileSync, statSync } from 'node:fs';

/** What a file of one secret holds, or why it is of no use; never both. */
export type SecretFile =
  { readonly secret: string; readonly problem: null } | { readonly secret: null; readonly problem: string };

/** Secrets are keys, passwords and URLs: what is larger is another file. */
const largestBytes = 65_536;

/** Reads the one line of a file, without the line break that editors put behind it; says nothing of what stands there. */
export function readSecretFile(file: string): SecretFile {
  try {
    const found = statSync(file);
    if (!found.isFile()) return unfit(`${file} is no regular file`);
    if (found.size > largestBytes) return unfit(`${file} is larger than a secret, ${largestBytes} bytes`);
    return lineOf(file, new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(file)));
  } catch (error) {
    return unfit(`${file} cannot be read: ${reasonOf(error)}`);
  }
}

function lineOf(file: string, text: string): SecretFile {
  const secret = text.replace(/[\r\n]+$/, '');
  if (secret.trim() === '') return unfit(`${file} is empty`);
  if (/[\r\n]/.test(secret)) return unfit(`${file} holds more than one line`);
  if (secret.includes('\0')) return unfit(`${file} is no text`);
  return { secret, problem: null };
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'no permission',
  ENOTDIR: 'there is no such folder',
  ERR_ENCODING_INVALID_ENCODED_DATA: 'it is no text',
};

/** Of an error its kind alone: what a message quotes might be the secret. */
function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'it is of an unknown kind';
  return reasons[code] ?? code;
}

function unfit(problem: string): SecretFile {
  return { secret: null, problem };
}
