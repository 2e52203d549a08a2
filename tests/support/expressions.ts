import { readFileSync } from 'node:fs';
import { parser } from '@prometheus-io/lezer-promql';
import { z } from 'zod';

const rulesFile = 'deploy/prometheus/rules.yml';
const dashboardFile = 'deploy/grafana/dashboards/barwright.json';

/** An expression of PromQL, and where it stands. */
export interface Expression {
  readonly place: string;
  readonly text: string;
}

/** A rule of `rules.yml`: each has its name, then its expression, on lines of their own. */
interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly runbook: string;
}

/** The rules, in the order of the file. */
export function readRules(): readonly Rule[] {
  const [, ...rules] = readFileSync(rulesFile, 'utf8').split('- alert: ');
  const lineOf = (rule: string, key: string) => new RegExp(`^ +${key}: (.+)$`, 'm').exec(rule)?.[1] ?? '';
  return rules.map((rule) => ({
    alert: rule.split('\n')[0] ?? '',
    expr: lineOf(rule, 'expr'),
    runbook: lineOf(rule, 'runbook'),
  }));
}

const dashboardSchema = z.object({
  panels: z.array(z.object({ title: z.string(), targets: z.array(z.object({ expr: z.string() })) })),
});

/** Every expression of the rules and of the dashboard. */
export function allExpressions(): readonly Expression[] {
  const { panels } = dashboardSchema.parse(JSON.parse(readFileSync(dashboardFile, 'utf8')));
  return [
    ...readRules().map(({ alert, expr }) => ({ place: alert, text: expr })),
    ...panels.flatMap(({ title, targets }) => targets.map(({ expr }) => ({ place: title, text: expr }))),
  ];
}

/** The metrics that an expression names; throws where it is no PromQL. */
export function metricsIn({ place, text }: Expression): readonly string[] {
  const named: string[] = [];
  parser.parse(text).iterate({
    enter({ type, from, to, node }) {
      if (type.isError) throw new Error(`${place}: no PromQL at ${from}: ${text}`);
      if (type.name === 'Identifier' && node.parent?.name === 'VectorSelector')
        named.push(text.slice(from, to));
    },
  });
  return named;
}
