import { stripVTControlCharacters } from 'node:util';
import stringWidth from 'string-width';

/** Control and format characters, what is assigned to nobody, and halves of pairs. */
const unprintable = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Cn}]/gu;
const plain = /^[\x20-\x7e]*$/;
const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** Text on one line that cannot steer a terminal: escape sequences go, other control characters show as U+FFFD. */
export function shownText(text: string): string {
  if (plain.test(text)) return text;
  return stripVTControlCharacters(text)
    .replaceAll(/[^\S ]+/g, ' ')
    .replaceAll(unprintable, '\u{fffd}')
    .trim();
}

/** Cells of a terminal that shown text takes. */
export function displayWidth(text: string): number {
  if (plain.test(text)) return text.length;
  return clusters(text).reduce((sum, cluster) => sum + widthOf(cluster), 0);
}

/** Shown text in at most so many cells, at least one: with an ellipsis where it was longer. */
export function shortened(text: string, cells: number): string {
  if (displayWidth(text) <= cells) return text;
  let [cut, width] = ['', 0];
  for (const cluster of clusters(text)) {
    width += widthOf(cluster);
    if (width > cells - 1) break;
    cut += cluster;
  }
  return `${cut}…`;
}

/** Text in lines of at most so many cells, broken at blanks, and within words that are longer. */
export function foldText(text: string, cells: number): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(' ').flatMap((long) => brokenWord(long, cells))) {
    const last = lines.at(-1);
    const longer = last === undefined ? word : `${last} ${word}`;
    if (last !== undefined && displayWidth(longer) <= cells) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}

function brokenWord(word: string, cells: number): readonly string[] {
  const pieces: string[] = [];
  let piece = '';
  let width = 0;
  for (const cluster of displayWidth(word) <= cells ? [word] : clusters(word)) {
    width += displayWidth(cluster);
    if (width > cells) {
      pieces.push(piece);
      [piece, width] = ['', displayWidth(cluster)];
    }
    piece += cluster;
  }
  return [...pieces, piece];
}

function clusters(text: string): readonly string[] {
  return Array.from(graphemes.segment(text), ({ segment }) => segment);
}

const widths = new Map<string, number>();

/** Emoji that are younger than the library's tables are as wide as the others. */
function widthOf(cluster: string): number {
  const known = widths.get(cluster);
  if (known !== undefined) return known;
  const usual = stringWidth(cluster);
  const width = /\p{Emoji_Presentation}/u.test(cluster) ? Math.max(2, usual) : usual;
  if (widths.size > 10_000) widths.clear();
  widths.set(cluster, width);
  return width;
}
