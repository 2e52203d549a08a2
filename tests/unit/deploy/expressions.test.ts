import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { pools } from '../../../src/flows/pools.ts';
import { metrics, scrapedName, type MetricDeclaration } from '../../../src/metrics/declared.ts';
import { allExpressions, metricsIn, readRules } from '../../support/expressions.ts';
import { findPromtool, promtool } from '../../support/promtool.ts';

const checker = await findPromtool();
const folder = 'deploy/prometheus';

/** Every series of our own that a scrape may have. */
const series = new Set(
  Object.values<MetricDeclaration>(metrics).flatMap((declaration) => {
    const name = scrapedName(declaration);
    return declaration.kind === 'histogram'
      ? ['_bucket', '_sum', '_count'].map((part) => name + part)
      : [name];
  }),
);

test('every expression of rules and dashboard is PromQL, and of our own metrics names what the list in code declares', () => {
  const expressions = allExpressions();
  expect(expressions.length).toBeGreaterThan(25);
  for (const expression of expressions) {
    const named = metricsIn(expression);
    expect(named, expression.place).not.toEqual([]);
    const others = named.filter(
      (name) => !series.has(name) && name !== 'up' && !name.startsWith('temporal_'),
    );
    expect(others, expression.place).toEqual([]);
  }
});

test('an expression that is none is found', () => {
  expect(() => metricsIn({ place: 'here', text: 'sum by (a (x)' })).toThrow('here: no PromQL at');
});

test('labels that expressions name are declared, or those of Prometheus and the SDK', () => {
  const declared = new Set(Object.values<MetricDeclaration>(metrics).flatMap(({ labels }) => labels));
  const known = new Set<string>([...declared, 'job', 'le', 'task_queue', 'worker_type']);
  for (const { place, text } of allExpressions())
    for (const [, names = ''] of text.matchAll(/\bby \(([^)]*)\)/g))
      expect(
        names.split(', ').filter((name) => !known.has(name)),
        place,
      ).toEqual([]);
});

describe('the rules', () => {
  test('say of every pool when nobody of it is there', () => {
    const absent = readRules().flatMap(({ expr }) => /^absent\(up\{job="([^"]+)"\}\)$/.exec(expr)?.[1] ?? []);
    const jobs = [...readFileSync(`${folder}/prometheus.yml`, 'utf8').matchAll(/job_name: (\S+)/g)].map(
      ([, job]) => job,
    );
    expect(absent.toSorted()).toEqual([...pools].sort());
    expect(jobs.toSorted()).toEqual(absent.toSorted());
  });

  test('lead each to a paragraph of the runbook that is named after it', () => {
    for (const { alert, runbook } of readRules())
      expect(runbook).toBe(`docs/operations.md#${alert.toLowerCase()}`);
  });

  test('are tried one and all', () => {
    const files = ['rules.test.yml', 'rules-of-days.test.yml'];
    const tried = files.map((file) => readFileSync(`${folder}/${file}`, 'utf8')).join('');
    for (const { runbook } of readRules()) expect(tried).toContain(`runbook: ${runbook}\n`);
  });
});

describe.skipIf(checker === null)('promtool', () => {
  test.each([
    ['check', 'config', `${folder}/prometheus.yml`],
    ['check', 'rules', `${folder}/rules.yml`],
    ['test', 'rules', `${folder}/rules.test.yml`, `${folder}/rules-of-days.test.yml`],
  ])('%s %s %s', async (...args) => {
    const { ok, said } = await promtool(checker ?? '', args);
    expect(ok, said).toBe(true);
  });
});
