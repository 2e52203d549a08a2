import type { z } from 'zod';
import type { DateRange } from '../domain/date-range.ts';
import { sources } from '../domain/source.ts';
import { cutText } from '../domain/storable-text.ts';
import type { AnyRequest, RunRequest } from '../runs/run.ts';
import type { Flow } from './flow.ts';

/** What a run is asked, before it has begun. */
export interface TitledRun {
  /** The input of its workflow, checked. */
  readonly parameters: object;
  readonly request: RunRequest;
  /** The last session that it is for. */
  readonly session: string;
}

/** What Temporal's pages say of a run: a line that tells it from others, and all that it was asked, in Markdown. */
export interface RunTitle {
  readonly staticSummary: string;
  readonly staticDetails: string;
}

/** The server takes 400 bytes. */
const longestSummary = 200;
const symbolsNamed = 5;
const symbolsListed = 100;

/** The title of a run: what is not said there of its parameters is as usual. */
export function runTitle(flow: Flow, run: TitledRun): RunTitle {
  const chosen = parametersOf(flow, run).filter(({ isUsual }) => !isUsual);
  const subject = subjectOf(flow, run);
  const line = [subject, ...chosen.map(({ name, value }) => `${name} ${value}`)].join('; ');
  return {
    staticSummary: line.length <= longestSummary ? line : `${cutText(line, longestSummary - 1)}…`,
    staticDetails: listOf(flow, run).join('\n'),
  };
}

type SourceRequest = Extract<RunRequest, { readonly source: unknown }>;

function subjectOf({ description }: Flow, { request, session }: TitledRun): string {
  if ('source' in request) return sourceSubjectOf(request, session);
  if (!('rows' in request)) return description;
  return `judges 1d bars ${spanOf(request.rows, session)}: ${namesOf(request.symbols, symbolsNamed) ?? 'every symbol'}`;
}

function sourceSubjectOf(request: SourceRequest, session: string): string {
  const { source } = request;
  const whose = symbolsOf(request, symbolsNamed);
  if ('rows' in request) return `indicators ${spanOf(request.rows, session)} of ${source}'s bars: ${whose}`;
  const { interval, sessions } = request;
  const bars = `${interval} bars ${spanOf(sessions, session)}`;
  return `${'finalSessions' in sessions ? 'settles ' : ''}${bars} from ${source}: ${whose}`;
}

function spanOf(wish: object | { readonly range: DateRange }, session: string): string {
  if (!('range' in wish)) return `up to ${session}`;
  const { from, to } = wish.range;
  return from === to ? `of ${from}` : `of ${from} to ${to}`;
}

function symbolsOf({ source, symbols }: SourceRequest, most: number): string {
  const all = sources[source].universe === 'watched' ? 'the watchlist' : 'every symbol';
  return namesOf(symbols, most) ?? all;
}

function namesOf(symbols: readonly string[] | undefined, most: number): string | null {
  if (symbols === undefined) return null;
  const named = symbols.slice(0, most).join(', ');
  return symbols.length <= most ? named : `${symbols.length} symbols, ${named} …`;
}

const symbolsInList = 3;

/** Whose bars a run is about, in the few words that a column of a list has room for; null: nobody's. */
export function symbolsInBrief(request: AnyRequest): string | null {
  if (!('symbols' in request || 'interval' in request || 'rows' in request)) return null;
  const { symbols } = request;
  const watched = 'source' in request && sources[request.source].universe === 'watched';
  const limit = 'maxSymbols' in request ? request.maxSymbols : undefined;
  const most = limit === undefined ? '' : `, at most ${limit}`;
  if (symbols === undefined) return `${watched ? 'watchlist' : 'all'}${most}`;
  const more = symbols.length - symbolsInList;
  return `${symbols.slice(0, symbolsInList).join(', ')}${more > 0 ? ` +${more}` : ''}${most}`;
}

interface NamedParameter {
  readonly name: string;
  readonly value: string;
  readonly isUsual: boolean;
}

/** Said otherwise. */
const apart = ['nominalTime', 'symbols', 'startDate', 'endDate', 'interval', 'dataSource'];

function parametersOf({ parameters: { shape } }: Flow, { parameters }: TitledRun): readonly NamedParameter[] {
  const given = parameters as Readonly<Record<string, unknown>>;
  return Object.entries(shape as Readonly<Record<string, z.ZodType>>).flatMap(([name, schema]) => {
    if (apart.includes(name)) return [];
    const usual: unknown = schema.safeParse(undefined).data;
    const value = given[name] ?? usual;
    return value === undefined ? [] : [{ name, value: inText(value), isUsual: value === usual }];
  });
}

function inText(value: unknown): string {
  if (Array.isArray(value)) return value.join(', ');
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function listOf(flow: Flow, run: TitledRun): readonly string[] {
  const { request, session } = run;
  const wish = 'rows' in request ? request.rows : 'sessions' in request ? request.sessions : {};
  return [
    `- sessions: ${spanOf(wish, session)}`,
    ...('interval' in request ? [`- interval: ${request.interval}`] : []),
    ...('source' in request ? [`- source: ${request.source}`] : []),
    ...('source' in request ? [`- symbols: ${symbolsOf(request, symbolsListed)}`] : []),
    ...parametersOf(flow, run).map(({ name, value }) => `- ${name}: ${value}`),
    `- nominalTime: ${request.nominalTime}`,
  ];
}
