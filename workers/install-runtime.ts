import { hostname } from 'node:os';
import { DefaultLogger, Runtime, type MetricsExporterConfig } from '@temporalio/worker';
import type { Config } from '../src/config.ts';
import type { Logger } from '../src/log.ts';
import { metrics as declared, type MetricDeclaration } from '../src/metrics/declared.ts';
import type { Meter } from '../src/metrics/measuring.ts';
import { findPort, PortTaken } from '../src/runtime/ports.ts';
import { metricsPlace } from '../src/runtime/metrics-ports.ts';
import { createRuntimeMeter } from './runtime-meter.ts';
import { setting } from '../src/setting.ts';

interface RuntimeWish {
  readonly config: Config;
  readonly logger: Logger;
  /** Which worker of an installation it is, from 0 on. */
  readonly place: number;
  /** How often a collector is told; 15 s. */
  readonly exportEveryMs?: number;
}

/** What a process counts with, and where that can be read. */
export interface InstalledRuntime {
  readonly meter: Meter;
  /** `host:port`; null: its metrics are sent elsewhere. */
  readonly metricsAddress: string | null;
}

/** A port that is free when it is looked for may be taken when it is opened. */
const mostTries = 20;

/**
 * Installs the one Temporal runtime of this process, with our log and the exporter of metrics. Throws `PortTaken` where
 * the port that was set for them is, and `ForeignAddress`.
 */
export async function installRuntime({
  config,
  logger,
  place,
  exportEveryMs = 15_000,
}: RuntimeWish): Promise<InstalledRuntime> {
  const install = (metrics: MetricsExporterConfig) =>
    createRuntimeMeter(
      Runtime.install({ logger: temporalLogger(logger, config), telemetryOptions: { metrics } }).metricMeter,
    );
  const { collector, host } = config.metrics;
  if (collector !== null)
    return { meter: install(collectorExporter(collector, exportEveryMs)), metricsAddress: null };
  for (let tries = 1; ; tries += 1) {
    const port = await findPort(...metricsPlace(config, place));
    try {
      const meter = install(pageExporter(`${host}:${port}`));
      // What all addresses of a machine are called from elsewhere.
      return { meter, metricsAddress: `${host === '0.0.0.0' ? hostname() : host}:${port}` };
    } catch (error) {
      if (!(error instanceof Error && /address already in use/i.test(error.message))) throw error;
      if (tries === mostTries) throw new PortTaken(port, setting('METRICS_PORT'), { host });
    }
  }
}

function temporalLogger(logger: Logger, { logLevel: level }: Config): DefaultLogger {
  const temporalLevel =
    level === 'trace' ? 'TRACE' : level === 'debug' ? 'DEBUG' : level === 'error' ? 'ERROR' : 'WARN';
  return new DefaultLogger(temporalLevel, ({ level: entryLevel, message, meta }) => {
    const method = entryLevel.toLowerCase() as 'trace' | 'debug' | 'info' | 'warn' | 'error';
    logger[method](meta ?? {}, message);
  });
}

/** The SDK's own bounds are milliseconds, whatever the unit. */
const histogramBuckets = Object.fromEntries(
  Object.values<MetricDeclaration>(declared).flatMap(({ name, buckets }) =>
    buckets === undefined ? [] : [[name, [...buckets]]],
  ),
);

function pageExporter(bindAddress: string): MetricsExporterConfig {
  return {
    prometheus: {
      bindAddress,
      countersTotalSuffix: true,
      unitSuffix: true,
      useSecondsForDurations: true,
      histogramBucketOverrides: histogramBuckets,
    },
  };
}

function collectorExporter(
  { url, protocol }: NonNullable<Config['metrics']['collector']>,
  exportEveryMs: number,
): MetricsExporterConfig {
  return {
    otel: {
      url,
      http: protocol === 'http/protobuf',
      metricsExportInterval: exportEveryMs,
      useSecondsForDurations: true,
      histogramBucketOverrides: histogramBuckets,
    },
  };
}
