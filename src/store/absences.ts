import type { Absence } from '../domain/absence.ts';
import { rowsAfter, type AbsenceRow, type SessionAccount } from '../domain/absence-rows.ts';
import { dateOfDayNumber, dayNumber } from '../domain/date-range.ts';
import type { Calendar } from '../domain/session-days.ts';
import type { BarOrigin, IncomingBars } from './bars/incoming-bars.ts';
import { writePartAbsences, type PartAbsence } from './part-absences.ts';
import {
  daysWithBar,
  lockInstruments,
  replaceRows,
  rowsNear,
  type ChangedRows,
  type Extent,
} from './stored-absences.ts';
import type { Transaction } from './transaction.ts';

export interface IncomingAbsence extends Absence {
  readonly instrumentId: number;
  /** ISO 8601. */
  readonly observedAt: string;
}

/** What came of an interval: bars, which are stored by now, and why there are none. */
export interface IncomingAccount {
  readonly bars: readonly IncomingBars[];
  readonly absences: readonly IncomingAbsence[];
}

interface Account extends SessionAccount {
  readonly traded: Set<number>;
  readonly told: IncomingAbsence[];
}

type Accounts = ReadonlyMap<number, Account>;

/**
 * Brings the absences of an interval in line with what came. A session with a bar has none; one that is confirmed keeps
 * who confirmed it; one that is not believed yet is noted: when it was seen last while a bar would have been final, or
 * first before that. What is told again changes nothing.
 */
export async function writeAbsences(
  tx: Transaction,
  origin: BarOrigin,
  { bars, absences }: IncomingAccount,
  calendar: Calendar,
): Promise<void> {
  await writePartAbsences(tx, origin, absences.filter(isPart));
  const whole = absences.filter((absence) => !isPart(absence));
  const accounts = accountsOf(bars, whole);
  const due = await rowsDue(tx, origin, accounts, calendar);
  if (due.length === 0) return;
  const ids = due.map(({ instrumentId }) => instrumentId);
  await lockInstruments(tx, ids);
  // Somebody else may have written of these before: what is due is worked out once more.
  const locked = new Map(ids.map((id) => [id, accountIn(accounts, id)]));
  await addStoredBars(tx, origin, locked);
  await replaceRows(tx, origin, await rowsDue(tx, origin, locked, calendar));
}

/** Forgets why sessions of an instrument (days since 1970-01-01) have no bar: they are due again. */
export async function forgetAbsences(
  tx: Transaction,
  origin: BarOrigin,
  { instrumentId, days }: { readonly instrumentId: number; readonly days: readonly number[] },
  calendar: Calendar,
): Promise<void> {
  await lockInstruments(tx, [instrumentId]);
  const accounts: Accounts = new Map([[instrumentId, { traded: new Set(days), told: [] }]]);
  await replaceRows(tx, origin, await rowsDue(tx, origin, accounts, calendar));
}

function isPart(absence: IncomingAbsence): absence is PartAbsence {
  return absence.opensAt !== undefined;
}

function accountsOf(bars: readonly IncomingBars[], absences: readonly IncomingAbsence[]): Accounts {
  const accounts = new Map<number, Account>();
  const accountOf = (id: number) => {
    const account = accountIn(accounts, id);
    accounts.set(id, account);
    return account;
  };
  for (const { bars: columns, instrumentIds } of bars) {
    let [lastId, lastDay] = [NaN, NaN];
    for (let row = 0; row < columns.length; row += 1) {
      const id = instrumentIds[row] ?? NaN;
      const day = columns.day[row] ?? NaN;
      // The bars of a session follow each other.
      if (id !== lastId || day !== lastDay) accountOf(id).traded.add(day);
      lastId = id;
      lastDay = day;
    }
  }
  for (const absence of absences) accountOf(absence.instrumentId).told.push(absence);
  return accounts;
}

function accountIn(accounts: Accounts, instrumentId: number): Account {
  return accounts.get(instrumentId) ?? { traded: new Set(), told: [] };
}

/** Adds the days of which a bar is stored to those that traded, as far as they are told to lack one. */
async function addStoredBars(tx: Transaction, origin: BarOrigin, accounts: Accounts): Promise<void> {
  const told = Array.from(accounts, ([instrumentId, account]) => ({
    instrumentId,
    ...extentOf([], account.told),
  }));
  const lacking = told.filter(({ first, last }) => first <= last);
  for (const { instrumentId, day } of await daysWithBar(tx, origin, lacking))
    accounts.get(instrumentId)?.traded.add(day);
}

/** The rows that accounts change, as they are stored and as they are to be. */
async function rowsDue(
  tx: Transaction,
  origin: BarOrigin,
  accounts: Accounts,
  calendar: Calendar,
): Promise<readonly ChangedRows[]> {
  const extents = accounts.values().map(({ traded, told }) => extentOf(traded, told));
  const whole = extents.reduce(joined, nothing);
  if (whole.first > whole.last) return [];
  const stored = await rowsNear(tx, origin, { instrumentIds: [...accounts.keys()], ...whole });
  const { first, last } = stored.values().reduce((extent, rows) => rows.reduce(joined, extent), whole);
  const by = {
    ...origin,
    calendar: calendar({ from: dateOfDayNumber(first), to: dateOfDayNumber(last) }),
  };
  const due: ChangedRows[] = [];
  for (const [instrumentId, account] of accounts) {
    const before = stored.get(instrumentId) ?? [];
    if (before.length === 0 && account.told.length === 0) continue;
    const changed = differing(before, rowsAfter(before, account, by));
    if (changed !== null) due.push({ instrumentId, ...changed });
  }
  return due;
}

/** What goes and what comes; null where all stays as it is. */
export function differing(
  before: readonly AbsenceRow[],
  after: readonly AbsenceRow[],
): Omit<ChangedRows, 'instrumentId'> | null {
  const textOf = (row: AbsenceRow) => JSON.stringify(row);
  const [had, has] = [new Set(before.map(textOf)), new Set(after.map(textOf))];
  const gone = before.filter((row) => !has.has(textOf(row)));
  const come = after.filter((row) => !had.has(textOf(row)));
  return gone.length + come.length === 0 ? null : { gone, come };
}

const nothing: Extent = { first: Infinity, last: -Infinity };

function joined(a: Extent, b: Extent): Extent {
  return { first: Math.min(a.first, b.first), last: Math.max(a.last, b.last) };
}

/** The first and last day of an account; the first is after the last where it has none. */
function extentOf(traded: Iterable<number>, told: readonly IncomingAbsence[]): Extent {
  let [first, last] = [Infinity, -Infinity];
  const include = (day: number) => {
    first = Math.min(first, day);
    last = Math.max(last, day);
  };
  for (const day of traded) include(day);
  for (const { session } of told) include(dayNumber(session));
  return { first, last };
}
