import type { SessionDate } from '../domain/session.ts';
import { issueKey, mergedBearer, namedIssueKey, type ListedBearer } from './listed-bearer.ts';
import type { Spell } from './spells.ts';

/** What makes the spells of several tickers one instrument: its FIGI, or a CIK that leaves one candidate on each side. */
export type Joint = 'figi' | 'cik';

/** One instrument under all of its tickers, oldest first. */
export interface Company {
  readonly bearer: ListedBearer;
  readonly spells: readonly [Spell, ...Spell[]];
  /** What joins each of its spells with the next one. */
  readonly joints: readonly Joint[];
}

/** What lists leave open; a person can settle it. */
export interface IdentityDoubt {
  readonly kind:
    'unclear_bearer' | 'unclear_rename' | 'one_figi_twice' | 'tickers_overlap' | 'unclear_border';
  readonly ticker: string;
  /** The other tickers that it may be about. */
  readonly others: readonly string[];
  readonly from: SessionDate;
  readonly to: SessionDate;
}

/** The instruments behind spells, each spell with one of them. */
export function companiesOf(spells: readonly Spell[]): {
  readonly companies: readonly Company[];
  readonly doubts: readonly IdentityDoubt[];
} {
  const doubts: IdentityDoubt[] = spells.filter(({ isUnclear }) => isUnclear).map(unclearBearer);
  const named = Map.groupBy(spells, ({ bearer }) => bearer.figi);
  const nameless = (named.get(null) ?? []).map(companyOf);
  const byFigi = [...named].flatMap(([figi, own]) => (figi === null ? [] : ofOneFigi(own, doubts)));
  const mayGoOn = goingOn(spells);
  const companies = joinByIssue([...byFigi, ...nameless], mayGoOn, doubts);
  return { companies, doubts: [...doubts, ...namesakes(companies, mayGoOn)] };
}

/** Of two tickers that one FIGI has on one day, the one that has it longer is the instrument's. */
function ofOneFigi(spells: readonly Spell[], doubts: IdentityDoubt[]): readonly Company[] {
  const kept: Spell[] = [];
  const others: Spell[] = [];
  for (const spell of spells.toSorted((a, b) => lengthOf(b) - lengthOf(a))) {
    const twin = kept.find((one) => one.first <= spell.last && spell.first <= one.last);
    if (twin === undefined) kept.push(spell);
    else {
      others.push(spell);
      doubts.push(doubtOf('one_figi_twice', spell, [twin.ticker], spell.first, spell.last));
    }
  }
  const inOrder = kept.toSorted((a, b) => (a.first < b.first ? -1 : 1)).map(companyOf);
  return [
    ...inOrder.slice(0, 1).map((one) => inOrder.slice(1).reduce(joinedByFigi, one)),
    ...others.map(companyOf),
  ];
}

/** Joins what ends under one ticker with what begins under another meanwhile, where there is one candidate on each side. */
function joinByIssue(
  companies: readonly Company[],
  mayGoOn: ReadonlySet<Spell>,
  doubts: IdentityDoubt[],
): readonly Company[] {
  const joined = new Set(companies);
  for (const [key, own] of Map.groupBy(companies, ({ bearer }) => issueKey(bearer))) {
    if (key === null || own.length < 2) continue;
    const begins = own.filter((one) => firstOf(one).after !== null && !firstOf(one).isUnclear);
    const ends = own.filter((one) => lastOf(one).before !== null && !mayGoOn.has(lastOf(one)));
    for (const end of ends) {
      const heirs = nextOnes(begins.filter((begin) => mayFollow(end, begin)));
      const [heir] = heirs;
      if (heir === undefined) continue;
      const rivals = lastOnes(ends.filter((other) => mayFollow(other, heir)));
      if (heirs.length === 1 && rivals.length === 1) joinTwo(joined, end, heir);
      else doubts.push(unclearRename(lastOf(end), heirs));
    }
  }
  return [...joined];
}

/** Those that follow none of the others: what does is reached by way of it. */
function nextOnes(heirs: readonly Company[]): readonly Company[] {
  return heirs.filter((heir) => !heirs.some((other) => mayFollow(other, heir)));
}

/** Those that none of the others follows. */
function lastOnes(rivals: readonly Company[]): readonly Company[] {
  return rivals.filter((rival) => !rivals.some((other) => mayFollow(rival, other)));
}

/** What ends under one ticker as what has its very name begins under another, and no CIK says whether it is the same. */
function namesakes(companies: readonly Company[], mayGoOn: ReadonlySet<Spell>): readonly IdentityDoubt[] {
  const doubts: IdentityDoubt[] = [];
  for (const [key, own] of Map.groupBy(companies, ({ bearer }) => namedIssueKey(bearer))) {
    if (key === null || own.length < 2) continue;
    for (const end of own) {
      if (lastOf(end).before === null || mayGoOn.has(lastOf(end))) continue;
      const heirs = own.filter(
        (begin) =>
          (end.bearer.cik === null || begin.bearer.cik === null) &&
          firstOf(begin).after !== null &&
          mayFollow(end, begin),
      );
      if (heirs.length > 0) doubts.push(unclearRename(lastOf(end), heirs));
    }
  }
  return doubts;
}

/** Those that the next spell under their ticker may continue. */
function goingOn(spells: readonly Spell[]): ReadonlySet<Spell> {
  const before = (at: number) => (spells[at]?.isUnclear === true ? spells[at - 1] : undefined);
  return new Set([...spells.keys()].map(before).filter((spell) => spell !== undefined));
}

/** Each of the two may have been joined with others already. */
function joinTwo(joined: Set<Company>, end: Company, heir: Company): void {
  const has = (spell: Spell) => [...joined].find(({ spells }) => spells.includes(spell));
  const [before, after] = [has(lastOf(end)), has(firstOf(heir))];
  if (before === undefined || after === undefined || before === after) return;
  joined.delete(before);
  joined.delete(after);
  joined.add(joinedBy('cik', before, after));
}

/** True when the second may have begun as the first ended: nothing parts them, and at most one list lacks both. */
function mayFollow(end: Company, begin: Company): boolean {
  const [last, first] = [lastOf(end), firstOf(begin)];
  if (end === begin || last.ticker === first.ticker) return false;
  if (end.bearer.figi !== null && begin.bearer.figi !== null) return false;
  return last.last < first.first && (first.after ?? '') <= (last.before ?? '');
}

function companyOf(spell: Spell): Company {
  return { bearer: spell.bearer, spells: [spell], joints: [] };
}

function joinedBy(joint: Joint, before: Company, after: Company): Company {
  return {
    bearer: mergedBearer(before.bearer, after.bearer),
    spells: [...before.spells, ...after.spells],
    joints: [...before.joints, joint, ...after.joints],
  };
}

function joinedByFigi(before: Company, after: Company): Company {
  return joinedBy('figi', before, after);
}

function firstOf({ spells }: Company): Spell {
  return spells[0];
}

function lastOf({ spells }: Company): Spell {
  return spells.at(-1) ?? spells[0];
}

function lengthOf({ first, last }: Spell): number {
  return Date.parse(last) - Date.parse(first);
}

function unclearBearer(spell: Spell): IdentityDoubt {
  return doubtOf('unclear_bearer', spell, [], spell.after ?? spell.first, spell.first);
}

function unclearRename(end: Spell, heirs: readonly Company[]): IdentityDoubt {
  const tickers = heirs.map((heir) => firstOf(heir).ticker);
  return doubtOf('unclear_rename', end, tickers, end.last, end.before ?? end.last);
}

function doubtOf(
  kind: IdentityDoubt['kind'],
  { ticker }: Spell,
  others: readonly string[],
  from: SessionDate,
  to: SessionDate,
): IdentityDoubt {
  return { kind, ticker, others, from, to };
}
