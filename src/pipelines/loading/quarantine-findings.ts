import { sessionDaysBetween } from '../../calendar/exchange-calendar.ts';
import { dayNumber, type DateRange } from '../../domain/date-range.ts';
import { refusalCause, type QuarantineCause } from '../../domain/quarantine.ts';
import { countSessions } from '../../domain/session-days.ts';
import type { SourceName } from '../../domain/source.ts';
import type { Finding } from '../../store/findings.ts';
import { evidenceOf } from '../../store/json.ts';
import { quarantined, type QuarantineFinding, type SessionRun } from '../../store/quarantine.ts';
import type { RejectedRow } from '../../store/rejected-rows.ts';
import type { Loaded } from './load-outcomes.ts';

/** Cells of one symbol and answer that are a finding each; of more there is one over all of them. */
const mostCells = 20;
/** Records beside the first that a finding shows. */
const mostOthers = 9;

/** What an answer has put into quarantine. */
export interface Quarantined {
  readonly findings: readonly Finding[];
  /** Ids of findings over several sessions that are found again as they are. */
  readonly seen: readonly number[];
}

/**
 * What the refused records of an answer are as findings: one a cell, or one over many cells of a symbol, so that the same
 * answer makes the same ones again. `known` are those that there are, repaired ones left out.
 */
export function quarantineFindings(
  source: SourceName,
  loaded: Loaded,
  known: readonly QuarantineFinding[],
): Quarantined {
  const { rejected, bars, asked, verdicts } = loaded;
  const [first] = rejected;
  if (first === undefined || asked === undefined) return { findings: [], seen: [] };
  const place = placeIn(source, loaded);
  if (bars === null) {
    const instrumentId = verdicts[0]?.instrumentId ?? null;
    const evidence = { cause: 'doubted', records: rejected.length, first: toldOf(first) };
    return { findings: [place(instrumentId, asked, evidence)], seen: [] };
  }
  const whose = Map.groupBy(rejected, ({ instrumentId = null, symbol }) => instrumentId ?? symbol);
  const found = [...whose.values()].map((own): Quarantined => {
    const id = own[0]?.instrumentId;
    if (id !== undefined) return ofInstrument(place, own, { id, asked, known });
    // Whose a row is that names a ticker, the finding of the tickers that nobody bears says.
    const isNameless = own.some(({ symbol }) => symbol === null);
    const evidence = { cause: 'no_ticker', records: own.length, first: toldOf(own[0] ?? first) };
    return { findings: isNameless ? [place(null, asked, evidence)] : [], seen: [] };
  });
  return { findings: found.flatMap(({ findings }) => findings), seen: found.flatMap(({ seen }) => seen) };
}

type Place = (instrumentId: number | null, range: DateRange, evidence: object) => Finding;

function placeIn(source: SourceName, { interval }: Loaded): Place {
  const common = { rule: quarantined, severity: 'error', source, interval } as const;
  return (instrumentId, range, evidence) => ({ ...common, instrumentId, range, evidence });
}

interface Whose {
  readonly id: number;
  readonly asked: DateRange;
  readonly known: readonly QuarantineFinding[];
}

function ofInstrument(place: Place, rows: readonly RejectedRow[], { id, asked, known }: Whose): Quarantined {
  const own = known.filter(({ instrumentId }) => instrumentId === id);
  // Of a single session that was asked for it is known when a record is of.
  const anytime = asked.from === asked.to ? asked.from : '';
  const cells = new Map([...Map.groupBy(rows, ({ session }) => session ?? anytime)].sort(byKey));
  const undated = cells.get('') ?? [];
  cells.delete('');
  const seen = new Set<number>();
  const alone: Finding[] = [];
  for (const [session, records] of cells) {
    const wide = own.find(({ runs }) => runs.some(([from, to]) => from <= session && session <= to));
    const isKnown = own.some(({ from, to }) => from === session && to === session);
    if (wide !== undefined) seen.add(wide.id);
    else if (isKnown) alone.push(ofCell(place, id, session, records));
    if (wide !== undefined || isKnown) cells.delete(session);
  }
  const timeless = undated.length === 0 ? [] : [place(id, asked, cellEvidence(undated))];
  const fresh =
    cells.size > mostCells
      ? [over(place, id, cells)]
      : [...cells].map(([session, records]) => ofCell(place, id, session, records));
  return { findings: [...alone, ...fresh, ...timeless], seen: [...seen] };
}

function ofCell(place: Place, id: number, session: string, records: readonly RejectedRow[]): Finding {
  return place(id, { from: session, to: session }, cellEvidence(records));
}

function byKey([one]: readonly [string, unknown], [other]: readonly [string, unknown]): number {
  return one < other ? -1 : 1;
}

function over(place: Place, id: number, cells: ReadonlyMap<string, readonly RejectedRow[]>): Finding {
  const sessions = [...cells.keys()];
  const [from = '', to = ''] = [sessions[0], sessions.at(-1)];
  const [first] = cells.get(from) ?? [];
  const evidence = {
    cause: first === undefined ? 'malformed' : causeIn(first),
    sessions: sessions.length,
    runs: runsOf(sessions),
    ...(first === undefined ? {} : { first: { session: from, ...toldOf(first) } }),
  };
  return place(id, { from, to }, evidence);
}

/** Sessions, oldest first, as runs between which the exchange had others. */
function runsOf(sessions: readonly string[]): readonly SessionRun[] {
  const calendar = sessionDaysBetween({ from: sessions[0] ?? '', to: sessions.at(-1) ?? '' });
  const runs: [from: string, to: string][] = [];
  for (const session of sessions) {
    const run = runs.at(-1);
    const goesOn =
      run !== undefined && countSessions(calendar, dayNumber(run[1]) + 1, dayNumber(session) - 1) === 0;
    if (goesOn) run[1] = session;
    else runs.push([session, session]);
  }
  return runs;
}

/** What is found of a cell: the same whatever order its records come in, and however often each of them comes. */
function cellEvidence(rows: readonly RejectedRow[]): object {
  const told = new Map(rows.map(toldOf).map((one) => [JSON.stringify(one), one]));
  const [first, ...others] = [...told].sort(byKey).map(([, one]) => one);
  const more = { records: told.size, others: others.slice(0, mostOthers) };
  return { ...first, ...(others.length === 0 ? {} : more) };
}

function toldOf(row: RejectedRow): object {
  const { field, wrong, record, bar, opensAt } = row;
  return {
    cause: causeIn(row),
    field,
    reason: wrong,
    ...(bar === undefined ? {} : { bar: evidenceOf(bar) }),
    row: evidenceOf(record),
    ...(opensAt === undefined ? {} : { opensAt }),
  };
}

function causeIn(row: RejectedRow): QuarantineCause {
  return row.isAction === true ? 'no_action' : refusalCause(row);
}
