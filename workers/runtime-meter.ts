import type { MetricMeter, MetricTags } from '@temporalio/common';
import {
  labels,
  metrics,
  type LabelName,
  type MetricDeclaration,
  type MetricName,
} from '../src/metrics/declared.ts';
import type { Meter } from '../src/metrics/measuring.ts';

/** So many values of one label are told apart; those after them are `other`. */
const mostValues = 40;
/** What a kind, a name or a version looks like; a message does not. */
const plainValue = /^[\w.+-]{1,64}$/;

/** Counts into the exporter of the process's Temporal runtime. What has a known set of values is there from the start. */
export function createRuntimeMeter(meter: MetricMeter): Meter {
  const tagsOf = boundedTags();
  const counter = remembered((name) => {
    const { help } = metrics[name];
    return meter.createCounter(metrics[name].name, '', help);
  });
  const gauge = remembered((name) => meter.createGauge(metrics[name].name, 'float', '', metrics[name].help));
  const histogram = remembered((name) => {
    const declaration: MetricDeclaration = metrics[name];
    return meter.createHistogram(declaration.name, 'float', declaration.unit ?? '', declaration.help);
  });
  for (const [name, values] of knownSeries()) counter(name).add(0, values);
  return {
    count: (name, by, values) => counter(name).add(by, tagsOf(values)),
    observe: (name, value, values) => histogram(name).record(value, tagsOf(values)),
    set: (name, value, values) => gauge(name).set(value, tagsOf(values)),
  };
}

function remembered<T>(make: (name: MetricName) => T): (name: MetricName) => T {
  const made = new Map<MetricName, T>();
  return (name) => {
    const metric = made.get(name) ?? make(name);
    made.set(name, metric);
    return metric;
  };
}

/** Keeps every label to few and harmless values, whatever is counted. */
function boundedTags(): (values: Readonly<Record<string, string>>) => MetricTags {
  const seen = new Map<string, Set<string>>();
  return (values) => {
    const bounded: MetricTags = {};
    for (const [label, value] of Object.entries(values)) {
      const known = seen.get(label) ?? new Set();
      seen.set(label, known);
      const isTold = known.has(value) || (known.size < mostValues && plainValue.test(value));
      if (isTold) known.add(value);
      bounded[label] = isTold ? value : 'other';
    }
    return bounded;
  };
}

/** The counters of which every label has its values declared, once for each combination of them. */
function knownSeries(): readonly (readonly [MetricName, MetricTags])[] {
  return (Object.keys(metrics) as MetricName[]).flatMap((name) => {
    const declaration: MetricDeclaration = metrics[name];
    if (declaration.kind !== 'counter') return [];
    return combinations(declaration.labels).map((values) => [name, values] as const);
  });
}

function combinations([label, ...others]: readonly LabelName[]): readonly MetricTags[] {
  if (label === undefined) return [{}];
  const declaration = labels[label];
  const values = 'values' in declaration ? declaration.values : [];
  return values.flatMap((value) => combinations(others).map((rest) => ({ [label]: value, ...rest })));
}
