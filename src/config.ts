import path from 'node:path';
import type { z } from 'zod';
import { isLoopback, loopback } from './domain/loopback.ts';
import type { SourceName } from './domain/source.ts';
import type { Pool } from './flows/pools.ts';
import {
  projectRoot,
  readEnvFile,
  readSetting,
  secretsOf,
  settings,
  type Environment,
  type logLevel,
  type SettingName,
  type SettingReport,
  type Values,
} from './settings.ts';
import { setting } from './setting.ts';
import { sourcesOf, type Market, type SourceConfig } from './source-config.ts';

export { budgetKey, canBeAsked, keyFingerprint, settingsOfSource } from './source-config.ts';
export type { Market, SourceConfig } from './source-config.ts';

/** A port with its origin: one that a person set is never given up for another. */
export interface PortSetting {
  readonly preferred: number;
  readonly strict: boolean;
}

type PerPool<T> = Readonly<Record<Pool, T>>;

/** What is set of the dashboard. */
export interface DashboardConfig {
  /** The address that it listens on. */
  readonly host: string;
  /** What it is called from elsewhere, without a slash at its end; null: by its address alone. */
  readonly url: string | null;
  /** What a person has to know who wants to see it; null: nobody is asked, and it is for this machine alone. */
  readonly token: string | null;
  /** Of a role that may only read; null: the database as everybody else has it. */
  readonly readingDatabase: string | null;
  /** Of Temporal's Web UI, without a slash at its end; null: that of the local server. */
  readonly temporalUi: string | null;
}

export interface Config {
  readonly market: Market;
  readonly home: string;
  readonly database: {
    readonly external: string | null;
    readonly name: string;
    /** Of the embedded server's superuser; null leaves it the one it has. */
    readonly password: string | null;
  };
  readonly sources: Readonly<Record<SourceName, SourceConfig>>;
  readonly batchSize: number;
  /** Whether calculations compute extras where a run does not say. */
  readonly indicatorsExtra: boolean;
  /** What is set for every pipeline; null leaves each its own. */
  readonly policy: {
    readonly loadRetries: number | null;
    readonly retryDelaySeconds: number | null;
    readonly runTimeoutSeconds: number | null;
  };
  /** By pool. */
  readonly taskQueues: PerPool<string>;
  readonly workers: {
    /** Processes that `barwright up` starts, by pool. */
    readonly processes: PerPool<number>;
    /** Activities that one worker has under way at once; null leaves each pool its own. */
    readonly activitiesAtOnce: number | null;
  };
  readonly logLevel: z.infer<typeof logLevel>;
  /** Of the times that an operator reads; a name of the tz database. */
  readonly displayTimeZone: string;
  readonly temporal: {
    /** False: the local server of `barwright up`. */
    readonly external: boolean;
    readonly namespace: string;
    /** The TEMPORAL_* variables, for Temporal's own reading of them; holds secrets. */
    readonly environment: Readonly<Record<string, string>>;
  };
  /** The address that the local servers listen on: 0.0.0.0 means all of this machine. */
  readonly bindHost: string;
  readonly ports: {
    readonly temporal: PortSetting;
    readonly temporalUi: PortSetting;
    readonly postgres: PortSetting;
    /** Of the first worker's metrics; those after it have the next ones. */
    readonly metrics: PortSetting;
    readonly dashboard: PortSetting;
  };
  readonly dashboard: DashboardConfig;
  readonly metrics: {
    /** What pages of metrics listen on. */
    readonly host: string;
    /** Where metrics are sent instead of being served; null: nowhere. */
    readonly collector: { readonly url: string; readonly protocol: 'grpc' | 'http/protobuf' } | null;
  };
}

/** Every mistake of the configuration at once. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
  readonly remedy = 'correct the values named above (barwright config check shows all of them)';
  constructor(problems: readonly string[]) {
    super(problems.join('; '));
  }
}

/** Reads every setting; never throws. The reports carry each mistake. `envFile` null reads no file. */
export function inspectConfig(
  environment: Environment = process.env,
  envFile: string | null = path.join(projectRoot, '.env'),
): { readonly reports: readonly SettingReport[]; readonly config: Config | null } {
  const file = readEnvFile(envFile);
  const reads = settings.map((setting) => readSetting(setting, environment, file));
  const reports = reads.map(({ report }) => report);
  if (reports.some(({ problem }) => problem !== null)) return { reports, config: null };
  // Each value has passed the schema of its own setting.
  const values = Object.fromEntries(reads.map(({ report, parsed }) => [report.name, parsed])) as Values;
  const marked = reports.map((report) => ({
    ...report,
    problem: hostProblems[report.name]?.(values) ?? null,
  }));
  if (marked.some(({ problem }) => problem !== null)) return { reports: marked, config: null };
  const chosen = new Set(reports.flatMap(({ name, source }) => (/^(env|\.env)/.test(source) ? name : [])));
  const temporal = temporalVariables({ ...file, ...environment }, values.TEMPORAL_API_KEY);
  return { reports, config: assemble(values, chosen, temporal) };
}

/** What Temporal's own reading of its variables is given: it knows no file of a key. */
function temporalVariables(all: Environment, apiKey: string | undefined): Readonly<Record<string, string>> {
  const told = Object.entries(all).flatMap(([name, value]) =>
    name.startsWith('TEMPORAL_') && value !== undefined && value !== '' ? [[name, value] as const] : [],
  );
  const { TEMPORAL_API_KEY_FILE: _, ...variables } = Object.fromEntries(told);
  return { ...variables, ...(apiKey === undefined ? {} : { [setting('TEMPORAL_API_KEY')]: apiKey }) };
}

/** The values that may be shown to nobody, those of wrong settings included. */
export function secretValues(
  environment: Environment = process.env,
  envFile: string | null = path.join(projectRoot, '.env'),
): readonly string[] {
  const file = readEnvFile(envFile);
  return settings.flatMap((setting) => secretsOf(setting, environment, file));
}

type PortName = Extract<
  SettingName,
  'TEMPORAL_PORT' | 'TEMPORAL_UI_PORT' | 'EMBEDDED_POSTGRES_PORT' | 'METRICS_PORT' | 'DASHBOARD_PORT'
>;

function assemble(
  values: Values,
  chosen: ReadonlySet<string>,
  temporal: Readonly<Record<string, string>>,
): Config {
  const market = values.MARKET ?? (values.POLYGON_API_KEY === undefined ? 'simulated' : 'live');
  const simulated = market === 'simulated';
  const name = values.TRADING_DB_NAME ?? (simulated ? 'trading_simulated' : 'trading');
  const portOf = (setting: PortName) => ({ preferred: values[setting], strict: chosen.has(setting) });
  return {
    market,
    home: path.resolve(values.BARWRIGHT_HOME),
    database: { external: externalDatabase(values, name), name, password: values.POSTGRES_PASSWORD ?? null },
    sources: sourcesOf(values, simulated),
    batchSize: values.BATCH_SIZE,
    indicatorsExtra: values.INDICATORS_EXTRA,
    policy: {
      loadRetries: values.LOAD_RETRY_ATTEMPTS ?? null,
      retryDelaySeconds: values.LOAD_RETRY_DELAY_SECONDS ?? null,
      runTimeoutSeconds: values.RUN_TIMEOUT_SECONDS ?? null,
    },
    taskQueues: {
      'data-ingestion': values.TASK_QUEUE_DATA_INGESTION,
      analytics: values.TASK_QUEUE_ANALYTICS,
      maintenance: values.TASK_QUEUE_MAINTENANCE,
    },
    workers: {
      processes: {
        'data-ingestion': values.WORKERS_DATA_INGESTION,
        analytics: values.WORKERS_ANALYTICS,
        maintenance: values.WORKERS_MAINTENANCE,
      },
      activitiesAtOnce: values.WORKER_ACTIVITIES ?? null,
    },
    logLevel: values.LOG_LEVEL,
    displayTimeZone: values.DISPLAY_TIME_ZONE,
    temporal: {
      external: [setting('TEMPORAL_ADDRESS'), 'TEMPORAL_PROFILE', 'TEMPORAL_CONFIG_FILE'].some(
        (name) => name in temporal,
      ),
      namespace: values.TEMPORAL_NAMESPACE,
      environment: temporal,
    },
    bindHost: values.BIND_HOST,
    ports: {
      temporal: portOf('TEMPORAL_PORT'),
      temporalUi: portOf('TEMPORAL_UI_PORT'),
      postgres: portOf('EMBEDDED_POSTGRES_PORT'),
      metrics: portOf('METRICS_PORT'),
      dashboard: portOf('DASHBOARD_PORT'),
    },
    dashboard: dashboardOf(values),
    metrics: { host: values.METRICS_HOST, collector: collectorOf(values) },
  };
}

function dashboardOf(values: Values): DashboardConfig {
  const bare = (url: string | undefined) => url?.replace(/\/+$/, '') ?? null;
  return {
    host: values.DASHBOARD_HOST,
    url: bare(values.DASHBOARD_URL),
    token: values.DASHBOARD_TOKEN ?? null,
    readingDatabase: values.DASHBOARD_DATABASE_URL ?? null,
    temporalUi: bare(values.TEMPORAL_UI_URL),
  };
}

const metricsPath = '/v1/metrics';

/**
 * Unless told, a collector speaks what its port is for: 4318, or the path of metrics, means HTTP; the path is added where it
 * is not there, as the standard has it.
 */
function collectorOf({
  OTEL_EXPORTER_OTLP_ENDPOINT: url,
  OTEL_EXPORTER_OTLP_PROTOCOL: told,
}: Values): Config['metrics']['collector'] {
  if (url === undefined) return null;
  const { port, pathname } = new URL(url);
  const speaksHttp = port === '4318' || pathname.endsWith(metricsPath);
  const protocol = told ?? (speaksHttp ? 'http/protobuf' : 'grpc');
  const isWhole = protocol === 'grpc' || pathname.endsWith(metricsPath);
  return { url: isWhole ? url : `${url.replace(/\/+$/, '')}${metricsPath}`, protocol };
}

/** Nobody may serve other machines a database of which he does not know the password. */
function bindProblem(values: Values): string | null {
  const serves = values.DATABASE_URL === undefined && values.POSTGRES_HOST === undefined;
  const isBound = values.BIND_HOST === loopback || values.POSTGRES_PASSWORD !== undefined;
  return serves && !isBound
    ? `${setting('BIND_HOST')} ${values.BIND_HOST} opens the local PostgreSQL to other machines: set ${setting('POSTGRES_PASSWORD')}, which it then has`
    : null;
}

/** Nobody may show other machines what is here to everybody. */
function dashboardProblem({ DASHBOARD_HOST: host, DASHBOARD_TOKEN: token }: Values): string | null {
  return isLoopback(host) || token !== undefined
    ? null
    : `${setting('DASHBOARD_HOST')} ${host} opens the dashboard to other machines: set ${setting('DASHBOARD_TOKEN')}, at least 32 characters, which it then asks for`;
}

/** What is wrong with an address, whatever it is by itself. */
const hostProblems: Partial<Record<SettingName, (values: Values) => string | null>> = {
  [setting('BIND_HOST')]: bindProblem,
  [setting('DASHBOARD_HOST')]: dashboardProblem,
};

function externalDatabase(values: Values, name: string): string | null {
  if (values.DATABASE_URL !== undefined) return values.DATABASE_URL;
  if (values.POSTGRES_HOST === undefined) return null;
  const url = new URL(`postgres://${values.POSTGRES_HOST}:${values.POSTGRES_PORT}/${name}`);
  url.username = encodeURIComponent(values.POSTGRES_USER);
  url.password = encodeURIComponent(values.POSTGRES_PASSWORD ?? '');
  return url.href;
}

/** The configuration of this process; throws `ConfigurationError` with every mistake at once. */
export function loadConfig(environment?: Environment, envFile?: string | null): Config {
  const { reports, config } = inspectConfig(environment, envFile);
  if (config !== null) return config;
  throw new ConfigurationError(reports.flatMap(({ problem }) => problem ?? []));
}
