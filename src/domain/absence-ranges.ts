import type { AbsenceReason } from './absence.ts';

/** Sessions running, by their places in a calendar. */
export interface Span {
  readonly first: number;
  readonly last: number;
}

/** What one answer said of sessions running. */
export interface Telling extends Span {
  readonly reason: AbsenceReason | 'halted' | 'history_floor';
  /** False: seen once, not believed yet. */
  readonly confirmed: boolean;
  readonly runId: string;
  /** ISO 8601, UTC. */
  readonly observedAt: string;
}

/** What an answer says that has just come. */
export interface NewTelling extends Telling {
  /** Whether bars of these sessions would have been final when it was given. */
  readonly final: boolean;
}

/** Tellings that are kept as one: sessions running, of one reason and one state of confirmation, oldest first. */
export type AbsenceRange = readonly [Telling, ...Telling[]];

/**
 * What is known once an answer has spoken. What is confirmed stays as it was first confirmed; a doubt gives way to a
 * confirmation, or to a later doubt of when a bar would have been final; where there is a bar there is no absence.
 */
export function retell(
  known: readonly Telling[],
  { traded, told }: { readonly traded: readonly Span[]; readonly told: readonly NewTelling[] },
): readonly Telling[] {
  const [knownAt, tradedAt, toldAt] = [sweep(known), sweep(traded), sweep(told)];
  const edges = edgesOf([...known, ...traded, ...told]);
  const after: Telling[] = [];
  for (const [index, first] of edges.entries()) {
    const [before] = knownAt(first);
    const isTraded = tradedAt(first).length > 0;
    const news = toldAt(first);
    if (isTraded) continue;
    const now = news.toSorted(earliestFirst).reduce<Telling | undefined>(heard, before);
    if (now !== undefined) append(after, { ...now, first, last: (edges[index + 1] ?? NaN) - 1 });
  }
  return after;
}

function heard(known: Telling | undefined, told: NewTelling): Telling {
  if (known === undefined) return told;
  if (known.confirmed) return known;
  const newer = told.final && Date.parse(told.observedAt) > Date.parse(known.observedAt);
  return told.confirmed || newer ? told : known;
}

function earliestFirst(a: Telling, b: Telling): number {
  return Date.parse(a.observedAt) - Date.parse(b.observedAt);
}

/** Where something begins or has just ended, ascending. */
function edgesOf(spans: readonly Span[]): readonly number[] {
  return [...new Set(spans.flatMap(({ first, last }) => [first, last + 1]))].sort((a, b) => a - b);
}

/** Steps through places, ascending: which of the spans lie over each. */
function sweep<T extends Span>(spans: readonly T[]): (place: number) => readonly T[] {
  const waiting = spans.toSorted((a, b) => a.first - b.first);
  let next = 0;
  let over: T[] = [];
  return (place) => {
    over = over.filter(({ last }) => last >= place);
    for (let span = waiting[next]; span !== undefined && span.first <= place; span = waiting[next]) {
      if (span.last >= place) over.push(span);
      next += 1;
    }
    return over;
  };
}

/** Adds a telling; one that only goes on makes the last one longer. */
function append(tellings: Telling[], { first, last, reason, confirmed, runId, observedAt }: Telling): void {
  const telling = { first, last, reason, confirmed, runId, observedAt };
  const before = tellings.at(-1);
  const goesOn = before?.last === first - 1 && isOneKind(before, telling) && isOneAnswer(before, telling);
  if (before !== undefined && goesOn) tellings[tellings.length - 1] = { ...before, last };
  else tellings.push(telling);
}

function isOneKind(a: Telling, b: Telling): boolean {
  return a.reason === b.reason && a.confirmed === b.confirmed;
}

function isOneAnswer(a: Telling, b: Telling): boolean {
  return a.runId === b.runId && a.observedAt === b.observedAt;
}

/** The ranges that tellings, oldest first, are kept as: who confirmed what does not cut them, when a doubt was seen does. */
export function rangesOf(tellings: readonly Telling[]): readonly AbsenceRange[] {
  const ranges: [Telling, ...Telling[]][] = [];
  for (const telling of tellings) {
    const range = ranges.at(-1);
    const before = range?.at(-1);
    const goesOn =
      before?.last === telling.first - 1 &&
      isOneKind(before, telling) &&
      (telling.confirmed || isOneAnswer(before, telling));
    if (range !== undefined && goesOn) range.push(telling);
    else ranges.push([telling]);
  }
  return ranges;
}

/** Places, ascending, as the spans that they fill. */
export function spansOf(places: Iterable<number>): readonly Span[] {
  const spans: Span[] = [];
  for (const place of places) {
    const before = spans.at(-1);
    if (before?.last === place - 1) spans[spans.length - 1] = { first: before.first, last: place };
    else spans.push({ first: place, last: place });
  }
  return spans;
}
