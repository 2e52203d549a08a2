import { labels, metrics, scrapedName, type LabelName, type MetricDeclaration } from './declared.ts';
import { setting } from '../setting.ts';

/** The text of `docs/metrics.md`: what there is to read of a worker, from the one list. */
export function metricsPage(): string {
  const declarations: readonly MetricDeclaration[] = Object.values(metrics);
  const used = new Set(declarations.flatMap((declaration) => declaration.labels));
  return [
    '# Metrics',
    head,
    '## Our own',
    table(['metric', 'kind', 'labels', 'says'], declarations.map(rowOf)),
    '## Labels',
    table(['label', 'says', 'values'], [...used].map(labelRow)),
    '## Of the SDK',
    sdk,
    '',
  ].join('\n\n');
}

const head = `Generated from \`src/metrics/declared.ts\` (\`npm test -- tests/unit/metrics -u\`).

Every worker serves its metrics for Prometheus at \`http://${setting('METRICS_HOST')}:${setting('METRICS_PORT')}/metrics\`. \`${setting('METRICS_PORT')}\` (9464) is the
first of a block: the workers that \`up\` starts have one port each. A default that is taken gives way to a free port, one
that was set and is taken is an error before anything starts. \`market.workers.metrics_address\` says where each worker's
page is. \`${setting('METRICS_HOST')}\` is 127.0.0.1 unless set: the page asks nobody who he is.

With \`${setting('OTEL_EXPORTER_OTLP_ENDPOINT')}\` set the same metrics go to that collector instead, every 15 s, under names without
\`_total\` and \`_seconds\` at their ends: by gRPC, or by HTTP where the port is 4318, the path ends in \`/v1/metrics\` or
\`${setting('OTEL_EXPORTER_OTLP_PROTOCOL')}\` is \`http/protobuf\`.

Each process counts what it does, from its start on: sums over processes are sums of Prometheus. No label holds a symbol,
an id or a message; of a label that has more than 40 values the rest is \`other\`.`;

const sdk = `Names with \`temporal_\` are those of the Temporal SDK, with its labels \`namespace\`, \`task_queue\`, \`workflow_type\`,
\`activity_type\`, \`operation\`. The first to look at:

- \`temporal_activity_schedule_to_start_latency_seconds\`, \`temporal_workflow_task_schedule_to_start_latency_seconds\`: how long
  work waits for a worker.
- \`temporal_worker_task_slots_available\`, \`temporal_worker_task_slots_used\`: places for work, by \`worker_type\`.
- \`temporal_activity_execution_failed_total\`, \`temporal_workflow_failed_total\`: attempts that failed, and workflows.
- \`temporal_request_failure_total\`: what the Temporal server refused or did not answer.`;

function rowOf(declaration: MetricDeclaration): readonly string[] {
  const { kind, help, labels: names } = declaration;
  return [`\`${scrapedName(declaration)}\``, kind, names.map((name) => `\`${name}\``).join(', '), help];
}

function labelRow(name: LabelName): readonly string[] {
  const label = labels[name];
  const values: readonly string[] = 'values' in label ? label.values : [];
  return [`\`${name}\``, label.says, values.map((value) => `\`${value}\``).join(', ')];
}

function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [heads, heads.map(() => '---'), ...rows];
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
