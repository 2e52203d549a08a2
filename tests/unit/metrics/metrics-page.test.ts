import path from 'node:path';
import { format, resolveConfig } from 'prettier';
import { expect, test } from 'vitest';
import { labels, metrics, scrapedName, type MetricDeclaration } from '../../../src/metrics/declared.ts';
import { metricsPage } from '../../../src/metrics/page.ts';
import { houseRoot } from '../../support/house-files.ts';

const page = path.join(houseRoot, 'docs/metrics.md');
const declarations: readonly MetricDeclaration[] = Object.values(metrics);

test('docs/metrics.md is what the list in code says', async () => {
  const text = await format(metricsPage(), { ...(await resolveConfig(page)), parser: 'markdown' });
  await expect(text).toMatchFileSnapshot(page);
});

test('every metric has a name of its own that Prometheus takes, a help, and declared labels', () => {
  const names = declarations.map(scrapedName);
  expect(new Set(names).size).toBe(names.length);
  for (const declaration of declarations) {
    expect(scrapedName(declaration)).toMatch(/^barwright_[a-z]+(_[a-z]+)*$/);
    expect(declaration.name, 'its kind or unit adds the ending').not.toMatch(/_total$|_seconds_seconds$/);
    expect(declaration.help).toMatch(/^\S.*\S$/);
    expect(Object.keys(labels)).toEqual(expect.arrayContaining([...declaration.labels]));
  }
});

test('every histogram has bounds of its own, rising: those of the SDK are milliseconds', () => {
  const histograms = declarations.filter(({ kind }) => kind === 'histogram');
  expect(histograms.length).toBeGreaterThan(1);
  for (const { buckets = [] } of histograms) {
    expect(buckets.length).toBeGreaterThan(3);
    expect(buckets).toEqual([...new Set(buckets)].sort((a, b) => a - b));
  }
});

test('no label could hold what a run is about', () => {
  for (const name of ['symbol', 'run_id', 'workflow_id', 'message', 'service_name', 'url'])
    expect(Object.keys(labels)).not.toContain(name);
});
