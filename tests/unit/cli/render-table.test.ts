import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { UsageError } from '../../../src/cli/errors.ts';
import { chosenColumns, type Column } from '../../../src/cli/table/column.ts';
import { displayWidth, foldText, shownText } from '../../../src/cli/table/display-text.ts';
import { renderTable } from '../../../src/cli/table/render-table.ts';

type Row = readonly (string | number | null)[];

const anyText = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 60 }),
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.constantFrom(
    '\u001B[31mred\u001B[0m',
    '\u001B]0;title\u0007',
    'two\nlines\r\n',
    '古古古古古古古古古古古古',
    '🫠🫠🫠🇩🇪👨‍👩‍👧',
    '\u202Egnp.exe',
    'e\u0301\u0301\u0301',
    '\uD800',
    '\t\u0000\u009B2J',
  ),
);
const anyCell = fc.oneof(anyText, fc.double(), fc.constant(null));
const anyTable = fc.integer({ min: 1, max: 12 }).chain((count) =>
  fc.record({
    columns: fc.array(
      fc.record({
        name: fc.stringMatching(/^[a-z][a-z ]{0,30}$/),
        rank: fc.constantFrom(1 as const, 2 as const, 3 as const),
        least: fc.option(fc.integer({ min: 1, max: 30 })),
        right: fc.boolean(),
      }),
      { minLength: count, maxLength: count },
    ),
    rows: fc.array(fc.array(anyCell, { minLength: count, maxLength: count }), { maxLength: 6 }),
    width: fc.integer({ min: 40, max: 200 }),
    way: fc.constantFrom('fitting' as const, 'all' as const, 'named' as const),
  }),
);

test('whatever is in it and however narrow the terminal, no line is wider, and every row has one', () => {
  fc.assert(
    fc.property(anyTable, ({ columns: shapes, rows, width, way }) => {
      const columns = shapes.map(({ name, rank, least, right }, index): Column<Row> => {
        const more = { ...(least === null ? {} : { least }), ...(right ? { right } : {}) };
        return { name, rank, cell: (row) => row[index] ?? null, ...more };
      });
      const choice = way === 'named' ? columns.slice(0, 3).map(({ name }) => name) : way;
      const { lines, leftOut } = renderTable(columns, rows, { choice, width });
      expect(lines.filter((line) => displayWidth(line) > width)).toEqual([]);
      expect(lines.filter((line) => /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(line))).toEqual([]);
      const blocks = lines.filter((line) => line.startsWith('─')).length;
      expect(lines).toHaveLength(blocks * (rows.length + 2) + blocks - 1);
      if (way !== 'fitting') expect(leftOut).toEqual([]);
      if (way === 'fitting') expect(blocks).toBe(1);
    }),
    { seed: 20_261_126, numRuns: 200 },
  );
});

const columns: readonly Column<Row>[] = [
  { name: 'symbol', cell: ([symbol = null]) => symbol },
  { name: 'company name', cell: ([, name = null]) => name, least: 12 },
  { name: 'close', cell: ([, , close = null]) => close, right: true },
  { name: 'listed', cell: ([, , , listed = null]) => listed, rank: 2 },
  { name: 'note', cell: ([, , , , text = null]) => text, rank: 3 },
];
const rows: readonly Row[] = [['AAPL', 'Apple Computer Incorporated', 12.5, '1980-12-12', 'x'.repeat(20)]];

describe('columns', () => {
  const at = (width: number) => renderTable(columns, rows, { choice: 'fitting', width });

  test('of the highest rank go first, and text is cut before any goes', () => {
    expect(at(80)).toEqual({
      lines: [
        'symbol  company name                 close  listed      note',
        '──────  ───────────────────────────  ─────  ──────────  ────────────────────',
        'AAPL    Apple Computer Incorporated   12.5  1980-12-12  xxxxxxxxxxxxxxxxxxxx',
      ],
      leftOut: [],
    });
    expect(at(70).lines[2]).toBe('AAPL    Apple Computer Incor…   12.5  1980-12-12  xxxxxxxxxxxxxxxxxxxx');
    expect(at(50)).toMatchObject({ leftOut: ['note'] });
    expect(at(38)).toMatchObject({ leftOut: ['listed', 'note'] });
  });

  test('are all there where that is asked, in blocks that begin with the first', () => {
    const { lines } = renderTable(columns, rows, { choice: 'all', width: 50 });
    expect(lines).toEqual([
      'symbol  company name                 close',
      '──────  ───────────────────────────  ─────',
      'AAPL    Apple Computer Incorporated   12.5',
      '',
      'symbol  listed      note',
      '──────  ──────────  ────────────────────',
      'AAPL    1980-12-12  xxxxxxxxxxxxxxxxxxxx',
    ]);
  });

  test('are chosen by name, whatever its case, with hyphens for blanks, each once', () => {
    expect(chosenColumns(columns, { columns: 'Close, company-name,close' })).toEqual([
      'close',
      'company name',
    ]);
    expect(chosenColumns(columns, { wide: true })).toBe('all');
    expect(chosenColumns(columns, {})).toBe('fitting');
  });

  test.each(['price', '', 'close,', 'close,price,,'])(
    'that do not exist, as in %j, are refused with those that do',
    (text) => {
      const refusal = () => chosenColumns(columns, { columns: text });
      expect(refusal).toThrow(UsageError);
      expect(refusal).toThrow(/there is no column/);
      try {
        refusal();
      } catch (error) {
        expect(error).toMatchObject({ remedy: 'choose from symbol, company-name, close, listed, note' });
      }
    },
  );
});

describe('text of a provider', () => {
  test.each([
    ['Apple \u001B[31mInc\u001B[0m', 'Apple Inc'],
    ['two\r\nlines\tand more ', 'two lines and more'],
    ['\u001B]0;owned\u0007Apple', 'Apple'],
    ['rev\u202Eersed', 'rev\u{FFFD}ersed'],
    ['a\u0000b\u0008c', 'a\u{FFFD}b\u{FFFD}c'],
    ['Nestlé 株式会社', 'Nestlé 株式会社'],
  ])('%j shows as %j', (text, shown) => {
    expect(shownText(text)).toBe(shown);
  });

  test('is as wide as its cells', () => {
    expect(['Nestlé', '株式', '🫠', 'e\u0301', ''].map(displayWidth)).toEqual([6, 4, 2, 1, 0]);
  });

  test('is folded at blanks, and within a word that is longer than a line', () => {
    expect(foldText('a run of many words', 8)).toEqual(['a run of', 'many', 'words']);
    expect(foldText('abcdefghij kl', 4)).toEqual(['abcd', 'efgh', 'ij', 'kl']);
  });
});
