import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The folder of recorded data beside the project; elsewhere the tests that need it skip and say so. */
const fixturesFolder = fileURLToPath(new URL('../../../shared/fixtures/', import.meta.url));
export const hasFixtures = existsSync(fixturesFolder);

function readFixture(path: string): string {
  return readFileSync(`${fixturesFolder}${path}`, 'utf8');
}

/** Rows of a CSV file without quotes, by the names of its header. */
export function readCsv(path: string): readonly Readonly<Record<string, string>>[] {
  const [header = '', ...lines] = readFixture(path).trim().split('\n');
  const names = header.trim().split(',');
  return lines.map((line) => {
    const fields = line.trim().split(',');
    return Object.fromEntries(names.map((name, index) => [name, fields[index] ?? '']));
  });
}
