import type { Endpoint, MarketRequest } from '../endpoints/market-request.ts';
import { hashCell, unit } from '../market/seeded-hash.ts';
import type { Fault, FaultRule } from './fault-script.ts';

/** A fault that befalls a request, with what its rule is confined to. */
export interface FaultHit {
  readonly fault: Fault;
  readonly match: FaultRule['match'];
}

type FaultPicker = (request: MarketRequest) => readonly FaultHit[];

/** Faults of the records of corporate actions. */
const ofRecords: readonly Fault['kind'][] = [
  'movedAction',
  'wrongRatio',
  'wrongAmount',
  'doubledAction',
  'missingAction',
  'foreignCurrency',
];

/** Faults of what is told of tickers. */
const ofReference: readonly Fault['kind'][] = ['shortList', 'missingTicker', 'missingFigi', 'movedEvent'];

/** Faults of rows: within a list of many tickers they concern the matched one. */
const ofRows: ReadonlySet<string> = new Set([
  'duplicateRows',
  'conflictingRows',
  'wrongTicker',
  'malformed',
  'changedBar',
  'missingRows',
  ...ofRecords,
  ...ofReference,
]);

/** What is so in every answer, and on top of whatever else befalls it. */
const staying: ReadonlySet<string> = new Set(['changedBar', 'otherShares', ...ofRecords, ...ofReference]);

const ofActions: readonly Endpoint[] = ['splits', 'dividends', 'chart'];

/** Faults that only some endpoints can have; other requests do not count for them. */
const onlyAt: Readonly<Partial<Record<Fault['kind'], readonly Endpoint[]>>> = {
  shortMarketDay: ['marketDay'],
  shortList: ['tickers'],
  missingTicker: ['tickers'],
  missingFigi: ['tickers', 'ticker', 'events'],
  movedEvent: ['events'],
  staleCrumb: ['quoteSummary'],
  nullRow: ['chart'],
  partlyNullRow: ['chart'],
  zeroVolumeRow: ['chart'],
  missingLastHour: ['chart'],
  wrongMeta: ['chart'],
  otherShares: ['chart'],
  movedAction: ofActions,
  doubledAction: ofActions,
  missingAction: ofActions,
  wrongRatio: ['splits', 'chart'],
  wrongAmount: ['dividends', 'chart'],
  foreignCurrency: ['dividends', 'chart'],
};

/**
 * Follows a script: of the rules that match, the first whose turn it is befalls the request, and only that one counts it;
 * what stays so in every answer comes on top: bars that have changed, series in other shares, actions and tickers told
 * wrongly.
 */
export function createFaultPicker(rules: readonly FaultRule[]): FaultPicker {
  const changes = rules.filter(({ fault }) => staying.has(fault.kind)).map(createTurns);
  const others = rules.filter(({ fault }) => !staying.has(fault.kind)).map(createTurns);
  return (request) => {
    const hits = changes.flatMap((turn) => turn(request) ?? []);
    for (const turn of others) {
      const hit = turn(request);
      if (hit !== null) return [...hits, hit];
    }
    return hits;
  };
}

function createTurns(rule: FaultRule): (request: MarketRequest) => FaultHit | null {
  const { match, after, times = Infinity } = rule;
  let seen = 0;
  let hits = 0;
  return (request) => {
    if (!matches(rule, request)) return null;
    seen += 1;
    if (seen <= after || hits >= times) return null;
    const fault = chosen(rule.fault, seen);
    if (fault === null) return null;
    hits += 1;
    return { fault, match };
  };
}

function chosen(fault: FaultRule['fault'], turn: number): Fault | null {
  if (fault.kind !== 'random') return fault;
  const { seed, probability, faults } = fault;
  if (unit(hashCell(seed, turn, 1)) >= probability) return null;
  return faults[hashCell(seed, turn, 2) % faults.length] ?? null;
}

function matches({ match, fault }: FaultRule, request: MarketRequest): boolean {
  const { endpoint, symbol, session } = match;
  if (endpoint !== undefined && endpoint !== request.endpoint) return false;
  const only = fault.kind === 'random' ? undefined : onlyAt[fault.kind];
  if (only !== undefined && !only.includes(request.endpoint)) return false;
  if (symbol !== undefined && symbol !== request.symbol) {
    // A list names no ticker; a request for another one is not meant.
    if (request.symbol !== null || !ofRows.has(fault.kind)) return false;
  }
  if (session !== undefined && !covers(request, session)) return false;
  return fault.kind !== 'changedBar' || covers(request, fault.session);
}

function covers({ range }: MarketRequest, session: string): boolean {
  return range !== null && range.from <= session && session <= range.to;
}
