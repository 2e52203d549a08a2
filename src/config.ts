import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseEnv } from 'node:util';
import { z } from 'zod';

export type Market = 'live' | 'simulated';

/** The folder of the project: where `.env` and, by default, `.barwright` lie. */
export const projectRoot = fileURLToPath(new URL('..', import.meta.url));

/** One environment variable: what it must be, what it is when unset, and whether it may be shown. */
interface Setting {
  readonly name: string;
  readonly alias?: string;
  readonly schema: z.ZodType;
  readonly default?: string;
  readonly secret?: true;
}

const aPort = 'a port, 1 to 65535';
const portNumber = z.coerce.number(aPort).int(aPort).min(1, aPort).max(65_535, aPort);
const text = z.string().regex(/^\S+$/, 'text without blanks');
const httpUrl = z.url({ protocol: /^https?$/, error: 'an http or https URL' }).refine((url) => {
  if (!URL.canParse(url)) return true;
  const { username, password, search, hash } = new URL(url);
  return username === '' && password === '' && search === '' && hash === '';
}, 'a URL without user, password, query or fragment');
const postgresUrl = z.url({
  protocol: /^postgres(ql)?$/,
  error: 'a URL like postgres://user@host:5432/name',
});
const positive = (max: number) =>
  z.coerce.number(`a number above 0, at most ${max}`).positive(`a number above 0`).max(max, `at most ${max}`);
const wholeNumber = (max: number) => {
  const wish = `a whole number from 0 to ${max}`;
  return z.coerce.number(wish).int(wish).min(0, wish).max(max, wish);
};
const requestRate = positive(1_000_000);
const batchSize = positive(10_000).int('a whole number');
const logLevel = z.enum(['trace', 'debug', 'info', 'warn', 'error'], 'trace, debug, info, warn or error');

const settings = [
  { name: 'MARKET', schema: z.enum(['live', 'simulated'], 'live or simulated') },
  { name: 'BARWRIGHT_HOME', schema: z.string(), default: path.join(projectRoot, '.barwright') },
  { name: 'DATABASE_URL', schema: postgresUrl, secret: true },
  { name: 'POSTGRES_HOST', schema: text },
  { name: 'POSTGRES_PORT', schema: portNumber, default: '5432' },
  { name: 'POSTGRES_USER', schema: text, default: 'postgres' },
  { name: 'POSTGRES_PASSWORD', schema: z.string(), secret: true },
  { name: 'TRADING_DB_NAME', schema: z.string().regex(/^[A-Za-z_][\w-]{0,62}$/, 'the name of a database') },
  { name: 'POLYGON_API_KEY', alias: 'MASSIVE_API_KEY', schema: text, secret: true },
  { name: 'POLYGON_BASE_URL', schema: httpUrl },
  { name: 'POLYGON_REQUESTS_PER_MINUTE', schema: requestRate, default: '2' },
  { name: 'YAHOO_BASE_URL', schema: httpUrl },
  { name: 'YAHOO_DELAY_BETWEEN_REQUESTS_MS', schema: wholeNumber(3_600_000), default: '500' },
  { name: 'BATCH_SIZE', schema: batchSize, default: '100' },
  { name: 'TASK_QUEUE_DATA_INGESTION', schema: text, default: 'data-ingestion-pool' },
  { name: 'TASK_QUEUE_ANALYTICS', schema: text, default: 'analytics-pool' },
  { name: 'TASK_QUEUE_MAINTENANCE', schema: text, default: 'maintenance-pool' },
  { name: 'WORKERS_DATA_INGESTION', schema: wholeNumber(64), default: '1' },
  { name: 'WORKERS_ANALYTICS', schema: wholeNumber(64), default: '1' },
  { name: 'WORKERS_MAINTENANCE', schema: wholeNumber(64), default: '1' },
  { name: 'WORKER_ACTIVITIES', schema: positive(1_000).int('a whole number') },
  { name: 'LOAD_RETRY_ATTEMPTS', schema: wholeNumber(20) },
  { name: 'LOAD_RETRY_DELAY_SECONDS', schema: wholeNumber(86_400) },
  { name: 'RUN_TIMEOUT_SECONDS', schema: positive(30 * 86_400).int('a whole number') },
  { name: 'LOG_LEVEL', schema: logLevel, default: 'info' },
  { name: 'TEMPORAL_ADDRESS', schema: text },
  { name: 'TEMPORAL_NAMESPACE', schema: text, default: 'default' },
  { name: 'TEMPORAL_API_KEY', schema: text, secret: true },
  { name: 'TEMPORAL_PORT', schema: portNumber, default: '7233' },
  { name: 'TEMPORAL_UI_PORT', schema: portNumber, default: '8233' },
  { name: 'EMBEDDED_POSTGRES_PORT', schema: portNumber, default: '5433' },
] as const satisfies readonly Setting[];

type KnownSetting = (typeof settings)[number];
/** What each setting parses to; one with a default is always there. */
type Values = {
  readonly [S in KnownSetting as S['name']]: S extends { default: string }
    ? z.output<S['schema']>
    : z.output<S['schema']> | undefined;
};

/** Where one value came from, for `config check`; secrets are masked already. */
export interface SettingReport {
  readonly name: string;
  readonly value: string | null;
  readonly source: 'environment' | '.env' | 'default' | 'unset';
  readonly problem: string | null;
}

/** A port with its origin: one that a person set is never given up for another. */
export interface PortSetting {
  readonly preferred: number;
  readonly strict: boolean;
}

type PerPool<T> = Readonly<Record<'data-ingestion' | 'analytics' | 'maintenance', T>>;

export interface Config {
  readonly market: Market;
  readonly home: string;
  readonly database: { readonly external: string | null; readonly name: string };
  readonly polygon: {
    /** Null on a simulated market and where no key is set. */
    readonly apiKey: string | null;
    /** Null on a simulated market without one of its own: then it is where the local simulator listens. */
    readonly baseUrl: string | null;
    readonly requestsPerMinute: number;
  };
  readonly yahoo: {
    /** Null: Yahoo's own hosts, or on a simulated market where the local simulator listens. */
    readonly baseUrl: string | null;
    readonly requestsPerMinute: number;
  };
  readonly batchSize: number;
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
  readonly temporal: {
    /** False: the local server of `barwright up`. */
    readonly external: boolean;
    readonly namespace: string;
    /** The TEMPORAL_* variables, for Temporal's own reading of them; holds secrets. */
    readonly environment: Readonly<Record<string, string>>;
  };
  readonly ports: {
    readonly temporal: PortSetting;
    readonly temporalUi: PortSetting;
    readonly postgres: PortSetting;
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

type Environment = Readonly<Record<string, string | undefined>>;

/** What the providers' simulated counterpart allows: far beyond what one machine asks. */
const simulatedRequestsPerMinute = 600_000;
const massive = 'https://api.massive.com';

function mask(setting: Setting, value: string): string {
  if (!setting.secret) return value;
  if (setting.name !== 'DATABASE_URL' || !URL.canParse(value)) return '***';
  const url = new URL(value);
  if (url.password !== '') url.password = '***';
  return url.href;
}

/** An empty value counts as unset, as a line `NAME=` in a .env file means it. */
function lookUp(setting: Setting, source: Environment): string | undefined {
  for (const name of [setting.name, setting.alias]) {
    const value = name === undefined ? undefined : source[name]?.trim();
    if (value !== undefined && value !== '') return value;
  }
  return undefined;
}

interface Read {
  readonly report: SettingReport;
  readonly parsed: unknown;
}

function readSetting(setting: Setting, environment: Environment, file: Environment): Read {
  const own = lookUp(setting, environment);
  const filed = lookUp(setting, file);
  const value = own ?? filed ?? setting.default;
  const source =
    own !== undefined
      ? 'environment'
      : filed !== undefined
        ? '.env'
        : value !== undefined
          ? 'default'
          : 'unset';
  if (value === undefined) {
    return { report: { name: setting.name, value: null, source, problem: null }, parsed: undefined };
  }
  const result = setting.schema.safeParse(value);
  const problem = result.success
    ? null
    : `${setting.name} must be ${result.error.issues.map(({ message }) => message).join(', ')}`;
  return {
    report: { name: setting.name, value: mask(setting, value), source, problem },
    parsed: result.data,
  };
}

function readFile(file: string | null): Environment {
  return file !== null && existsSync(file) ? parseEnv(readFileSync(file, 'utf8')) : {};
}

/** Reads every setting; never throws. The reports carry each mistake. `envFile` null reads no file. */
export function inspectConfig(
  environment: Environment = process.env,
  envFile: string | null = path.join(projectRoot, '.env'),
): { readonly reports: readonly SettingReport[]; readonly config: Config | null } {
  const file = readFile(envFile);
  const reads = settings.map((setting) => readSetting(setting, environment, file));
  const reports = reads.map(({ report }) => report);
  if (reports.some(({ problem }) => problem !== null)) return { reports, config: null };
  // Each value has passed the schema of its own setting.
  const values = Object.fromEntries(reads.map(({ report, parsed }) => [report.name, parsed])) as Values;
  const chosen = new Set(reports.flatMap(({ name, source }) => (/^(env|\.env)/.test(source) ? name : [])));
  const temporal = Object.entries({ ...file, ...environment }).flatMap(([name, value]) =>
    name.startsWith('TEMPORAL_') && value !== undefined && value !== '' ? [[name, value] as const] : [],
  );
  return { reports, config: assemble(values, chosen, Object.fromEntries(temporal)) };
}

function assemble(
  values: Values,
  chosen: ReadonlySet<string>,
  temporal: Readonly<Record<string, string>>,
): Config {
  const apiKey = values.POLYGON_API_KEY ?? null;
  const market = values.MARKET ?? (apiKey === null ? 'simulated' : 'live');
  const simulated = market === 'simulated';
  const name = values.TRADING_DB_NAME ?? (simulated ? 'trading_simulated' : 'trading');
  const portOf = (setting: 'TEMPORAL_PORT' | 'TEMPORAL_UI_PORT' | 'EMBEDDED_POSTGRES_PORT') => ({
    preferred: values[setting],
    strict: chosen.has(setting),
  });
  return {
    market,
    home: path.resolve(values.BARWRIGHT_HOME),
    database: { external: externalDatabase(values, name), name },
    polygon: {
      apiKey: simulated ? null : apiKey,
      baseUrl: values.POLYGON_BASE_URL?.replace(/\/+$/, '') ?? (simulated ? null : massive),
      requestsPerMinute: simulated ? simulatedRequestsPerMinute : values.POLYGON_REQUESTS_PER_MINUTE,
    },
    yahoo: {
      baseUrl: values.YAHOO_BASE_URL?.replace(/\/+$/, '') ?? null,
      requestsPerMinute: simulated
        ? simulatedRequestsPerMinute
        : 60_000 / Math.max(values.YAHOO_DELAY_BETWEEN_REQUESTS_MS, 0.1),
    },
    batchSize: values.BATCH_SIZE,
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
    temporal: {
      external: ['TEMPORAL_ADDRESS', 'TEMPORAL_PROFILE', 'TEMPORAL_CONFIG_FILE'].some(
        (name) => name in temporal,
      ),
      namespace: values.TEMPORAL_NAMESPACE,
      environment: temporal,
    },
    ports: {
      temporal: portOf('TEMPORAL_PORT'),
      temporalUi: portOf('TEMPORAL_UI_PORT'),
      postgres: portOf('EMBEDDED_POSTGRES_PORT'),
    },
  };
}

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

/** Tells keys apart without telling them: 16 hex digits of a digest, null for no key. */
export function keyFingerprint(apiKey: string | null): string | null {
  if (apiKey === null) return null;
  return createHash('sha256').update(`barwright polygon ${apiKey}`).digest('hex').slice(0, 16);
}

/** Whose quota Polygon's requests count against: with another key, or elsewhere, it is another one. */
export function polygonBudgetKey({ polygon }: Config, baseUrl: string | null) {
  return { provider: 'polygon', keyHash: keyFingerprint(polygon.apiKey) ?? 'none', baseUrl: baseUrl ?? '' };
}

/** Whose pace Yahoo's requests keep to: it has no keys. */
export function yahooBudgetKey(baseUrl: string | null) {
  return { provider: 'yahoo', keyHash: 'none', baseUrl: baseUrl ?? '' };
}
