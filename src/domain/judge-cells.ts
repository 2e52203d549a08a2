import type { Telling } from './absence-ranges.ts';
import { dayNumber } from './date-range.ts';
import { cellStates, isRepairable, type CellState } from './gap.ts';
import type { SessionDate } from './session.ts';
import { indexFrom, type SessionDays } from './session-days.ts';
import { isSteady } from './silence.ts';

/** A range of absences, by days since 1970-01-01, as it is stored. */
export interface KnownAbsence extends Pick<Telling, 'reason' | 'confirmed'> {
  readonly first: number;
  readonly last: number;
}

/** What is known of the cells of one instrument, source and interval; days are since 1970-01-01. */
export interface SeriesFacts {
  readonly settled: Iterable<number>;
  /** Days with a bar that may still move, or with some of several bars. */
  readonly provisional: Iterable<number>;
  /** Places of the sessions that the planner would ask for, whether or not they can be asked yet. */
  readonly due: ArrayLike<number>;
  readonly absences: readonly KnownAbsence[];
  readonly delistedOn: SessionDate | null;
  /** Days of which a row was refused. */
  readonly refused: ReadonlySet<number>;
  /** Days on which another source saw it traded. */
  readonly toldElsewhere: ReadonlySet<number>;
}

/** The sessions that are judged, and which places of them can be asked for: from the first to before the end. */
export interface Askable {
  readonly sessions: SessionDays;
  /** What the source keeps begins here. */
  readonly first: number;
  /** What is final ends before. */
  readonly end: number;
}

const codes = Object.fromEntries(cellStates.map((state, code) => [state, code])) as Record<CellState, number>;

/** The cell states of sessions, by their places in `cellStates`. */
export type JudgedStates = Uint8Array;

/** Tells what each cell is: those that lack and are due, within what can be asked, are those that asking may help. */
export function judgeCells(facts: SeriesFacts, askable: Askable): JudgedStates {
  const states = explained(facts, askable);
  for (let at = 0; at < facts.due.length; at += 1) {
    const place = facts.due[at] ?? -1;
    states[place] = codes[dueState(place, askable)];
  }
  for (const day of facts.provisional) mark(states, askable, day, 'provisional');
  for (const day of facts.settled) mark(states, askable, day, 'settled');
  accuse(states, facts, askable);
  return states;
}

function dueState(place: number, { first, end }: Askable): CellState {
  if (place < first) return 'history_floor';
  return place < end ? 'never_asked' : 'not_yet';
}

/** What the reference and the answers say of sessions that nobody need ask for. */
function explained({ absences, delistedOn }: SeriesFacts, { sessions }: Askable): JudgedStates {
  const states = new Uint8Array(sessions.length).fill(codes.not_listed);
  const gone = delistedOn === null ? sessions.length : indexFrom(sessions, dayNumber(delistedOn) + 1);
  states.fill(codes.delisted, gone);
  for (const { first, last, reason, confirmed } of absences) {
    if (!confirmed || reason === 'not_listed') continue;
    const state = reason === 'history_floor' ? reason : 'no_trade';
    states.fill(codes[state], indexFrom(sessions, first), indexFrom(sessions, last + 1));
  }
  return states;
}

function mark(states: JudgedStates, { sessions }: Askable, day: number, state: CellState): void {
  const place = indexFrom(sessions, day);
  if (sessions[place] === day) states[place] = codes[state];
}

/** Of what can be asked: where a row was refused, and where the source has answered without it or must have left it out. */
function accuse(states: JudgedStates, facts: SeriesFacts, { sessions, first, end }: Askable): void {
  const doubted = facts.absences.filter(({ confirmed }) => !confirmed);
  for (let place = first; place < end; place += 1) {
    if (states[place] !== codes.never_asked) continue;
    const day = sessions[place] ?? NaN;
    const isDoubted = () => doubted.some((one) => day >= one.first && day <= one.last);
    if (facts.refused.has(day)) states[place] = codes.quarantined;
    else if (facts.toldElsewhere.has(day) || isDoubted() || isAlone(states, place))
      states[place] = codes.provider_fault;
  }
}

function isTraded(code: number | undefined): boolean {
  return code === codes.settled || code === codes.provisional;
}

const sessionsAround = 20;
/** Fewer bars around do not say that it trades every day. */
const leastTraded = sessionsAround / 2;

/** True of a hole of one session in what trades every day; what nobody has answered for says nothing of that. */
function isAlone(states: JudgedStates, place: number): boolean {
  if (!isTraded(states[place - 1]) || !isTraded(states[place + 1])) return false;
  const around = states.subarray(Math.max(0, place - sessionsAround), place + 1 + sessionsAround);
  const traded = around.filter(isTraded).length;
  const quiet = around.filter((code) => code === codes.no_trade).length;
  return traded >= leastTraded && isSteady({ traded, counted: traded + quiet });
}

/** Cells running of one state, by their places. */
export interface StateRun {
  readonly first: number;
  readonly last: number;
  readonly state: CellState;
}

/** The runs of states from one place to before another. */
export function* runsOf(states: JudgedStates, from: number, end: number): Generator<StateRun> {
  for (let first = from; first < end;) {
    let next = first + 1;
    while (next < end && states[next] === states[first]) next += 1;
    yield { first, last: next - 1, state: cellStates[states[first] ?? -1] ?? 'never_asked' };
    first = next;
  }
}

/** True where any cell from one place to before another is one that asking may help. */
export function hasRepairable(states: JudgedStates, from: number, end: number): boolean {
  return states.subarray(from, end).some((code) => isRepairable(cellStates[code] ?? 'settled'));
}
