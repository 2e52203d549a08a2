/** What stands for a character that the database cannot hold: NUL, or half a surrogate pair. */
const replacement = '\uFFFD';

/** True for text that the database can hold: without NUL, and without half a surrogate pair. */
export function isStorable(text: string): boolean {
  return text.isWellFormed() && !text.includes('\0');
}

/** The text with what the database cannot hold replaced. */
export function storableText(text: string): string {
  return text.toWellFormed().replaceAll('\0', replacement);
}

/** The first characters of a text, at most so many; a surrogate pair stays whole or goes. */
export function cutText(text: string, most: number): string {
  if (text.length <= most) return text;
  const last = text.charCodeAt(most - 1);
  const isHigh = last >= 0xd800 && last < 0xdc00;
  return text.slice(0, isHigh ? most - 1 : most);
}
