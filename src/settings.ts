import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseEnv } from 'node:util';
import { z } from 'zod';
import { loopback } from './domain/loopback.ts';
import { bareUrl, secretsOfUrl } from './domain/bare-url.ts';
import { readSecretFile } from './secret-file.ts';

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
const bareUrlOf = (protocol: RegExp, error: string) =>
  z.url({ protocol, error }).refine((url) => {
    if (!URL.canParse(url)) return true;
    const { username, password, search, hash } = new URL(url);
    return username === '' && password === '' && search === '' && hash === '';
  }, 'a URL without user, password, query or fragment');
const httpUrl = bareUrlOf(/^https?$/, 'an http or https URL');
const collectorUrl = bareUrlOf(/^(https?|grpcs?)$/, 'an http, https, grpc or grpcs URL');
const ipv4 = z.ipv4('an IPv4 address of this machine, or 0.0.0.0 for all that it has');
/** What a browser calls a page of ours: its paths begin at the root. */
const siteUrl = httpUrl.refine(
  (url) => !URL.canParse(url) || new URL(url).pathname === '/',
  'an http or https URL without a path',
);
const address = z.union(
  [z.ipv4(), z.ipv6()],
  'an IP address of this machine, or 0.0.0.0 for all that it has',
);
const longSecret = z.string().min(32, 'at least 32 characters');
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
const flag = z.enum(['true', 'false'], 'true or false').transform((value) => value === 'true');
const requestRate = positive(1_000_000);
const requestsPerDay = positive(1_000_000_000).int('a whole number');
const batchSize = positive(10_000).int('a whole number');
export const logLevel = z.enum(
  ['trace', 'debug', 'info', 'warn', 'error'],
  'trace, debug, info, warn or error',
);

const timeZone = z.string().refine(isTimeZone, 'a time zone of the tz database, such as America/Chicago');

function isTimeZone(zone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone !== '';
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

export const settings = [
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
  { name: 'POLYGON_REQUESTS_PER_DAY', schema: requestsPerDay },
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
  { name: 'INDICATORS_EXTRA', schema: flag, default: 'false' },
  { name: 'LOG_LEVEL', schema: logLevel, default: 'info' },
  { name: 'DISPLAY_TIME_ZONE', schema: timeZone, default: 'America/Chicago' },
  { name: 'TEMPORAL_ADDRESS', schema: text },
  { name: 'TEMPORAL_NAMESPACE', schema: text, default: 'default' },
  { name: 'TEMPORAL_API_KEY', schema: text, secret: true },
  { name: 'BIND_HOST', schema: ipv4, default: loopback },
  { name: 'TEMPORAL_PORT', schema: portNumber, default: '7233' },
  { name: 'TEMPORAL_UI_PORT', schema: portNumber, default: '8233' },
  { name: 'EMBEDDED_POSTGRES_PORT', schema: portNumber, default: '5433' },
  { name: 'DASHBOARD_PORT', schema: portNumber, default: '8088' },
  { name: 'DASHBOARD_HOST', schema: address, default: loopback },
  { name: 'DASHBOARD_URL', schema: siteUrl },
  { name: 'DASHBOARD_TOKEN', schema: longSecret, secret: true },
  { name: 'DASHBOARD_DATABASE_URL', schema: postgresUrl, secret: true },
  { name: 'TEMPORAL_UI_URL', schema: httpUrl },
  { name: 'METRICS_PORT', schema: portNumber, default: '9464' },
  { name: 'METRICS_HOST', schema: ipv4, default: loopback },
  { name: 'OTEL_EXPORTER_OTLP_ENDPOINT', schema: collectorUrl },
  { name: 'OTEL_EXPORTER_OTLP_PROTOCOL', schema: z.enum(['grpc', 'http/protobuf'], 'grpc or http/protobuf') },
] as const satisfies readonly Setting[];

type KnownSetting = (typeof settings)[number];
/** What each setting parses to; one with a default is always there. */
export type Values = {
  readonly [S in KnownSetting as S['name']]: S extends { default: string }
    ? z.output<S['schema']>
    : z.output<S['schema']> | undefined;
};

export type SettingName = KnownSetting['name'];

/** Where one value came from, for `config check`; secrets are masked already. */
export interface SettingReport {
  readonly name: SettingName;
  readonly value: string | null;
  readonly source: 'environment' | '.env' | 'file' | 'default' | 'unset';
  readonly problem: string | null;
}

export type Environment = Readonly<Record<string, string | undefined>>;

function mask(setting: Setting, value: string): string {
  if (!setting.secret) return value;
  if (setting.schema !== postgresUrl || !URL.canParse(value)) return '***';
  const url = new URL(bareUrl(value));
  if (new URL(value).password !== '') url.password = '***';
  return url.href;
}

/** An empty value counts as unset, as a line `NAME=` in a .env file means it. */
function lookUp(setting: Setting, source: Environment, suffix = ''): string | undefined {
  for (const name of [setting.name, setting.alias]) {
    const value = name === undefined ? undefined : source[name + suffix]?.trim();
    if (value !== undefined && value !== '') return value;
  }
  return undefined;
}

interface Given {
  readonly value: string | undefined;
  readonly source: SettingReport['source'];
  /** Of a secret's file; the value is unset then. */
  readonly problem: string | null;
}

/** What is set: in the environment, else in .env, else as a default; of a secret also in a file that NAME_FILE names. */
function given(setting: Setting, environment: Environment, file: Environment): Given {
  const own = lookUp(setting, environment);
  const filed = lookUp(setting, file);
  const named = setting.secret
    ? (lookUp(setting, environment, '_FILE') ?? lookUp(setting, file, '_FILE'))
    : undefined;
  if (named !== undefined) return ofFile(setting.name, named, own ?? filed);
  if (own !== undefined) return { value: own, source: 'environment', problem: null };
  if (filed !== undefined) return { value: filed, source: '.env', problem: null };
  return {
    value: setting.default,
    source: setting.default === undefined ? 'unset' : 'default',
    problem: null,
  };
}

function ofFile(name: string, file: string, beside: string | undefined): Given {
  const none = { value: undefined, source: 'file' } as const;
  if (beside !== undefined)
    return { ...none, problem: `${name} and ${name}_FILE are both set: keep one of them` };
  const { secret, problem } = readSecretFile(file);
  if (secret === null) return { ...none, problem: `${name}_FILE: ${problem}` };
  return { value: secret, source: 'file', problem: null };
}

/** What of a setting's value is secret, of a URL its parts. */
export function secretsOf(setting: Setting, environment: Environment, file: Environment): readonly string[] {
  if (!setting.secret) return [];
  const { value } = given(setting, environment, file);
  // Where both are set it is refused, and hidden all the same.
  const refused = [lookUp(setting, environment), lookUp(setting, file)];
  return [...new Set([value, ...refused])].flatMap((secret) => {
    if (secret === undefined) return [];
    return URL.canParse(secret) ? secretsOfUrl(secret) : [secret];
  });
}

export interface Read {
  readonly report: SettingReport;
  readonly parsed: unknown;
}

/** One setting from the environment, else a file, else its default. */
export function readSetting(
  setting: Setting & { readonly name: SettingName },
  environment: Environment,
  file: Environment,
): Read {
  const { name } = setting;
  const { value, source, problem: unread } = given(setting, environment, file);
  if (value === undefined)
    return { report: { name, value: null, source, problem: unread }, parsed: undefined };
  const result = setting.schema.safeParse(value);
  const problem = result.success
    ? null
    : `${name} must be ${result.error.issues.map(({ message }) => message).join(', ')}`;
  return { report: { name, value: mask(setting, value), source, problem }, parsed: result.data };
}

/** The variables of a file; none where it is not there. */
export function readEnvFile(file: string | null): Environment {
  return file !== null && existsSync(file) ? parseEnv(readFileSync(file, 'utf8')) : {};
}
