import { addDays, type DateRange } from '../domain/date-range.ts';
import type { SessionDate } from '../domain/session.ts';
import { isSurely, type Gone, type ListedBearer } from './listed-bearer.ts';
import { isBorneBy, renameBorder, reuseBorder, type BorderEvidence, type BorderSource } from './border.ts';
import { companiesOf, type Company, type IdentityDoubt, type Joint } from './companies.ts';
import type { Spell } from './spells.ts';

/** That an instrument bore a ticker from one day to another, both included; `to` null: it still does. */
export interface Bearing {
  readonly ticker: string;
  readonly from: SessionDate;
  readonly to: SessionDate | null;
  readonly fromBy: BorderSource;
  readonly toBy: BorderSource;
}

/** An instrument with its tickers, oldest first. */
export interface Identity {
  readonly bearer: ListedBearer;
  /** What joins its tickers; null: it has one, or the same one again. */
  readonly joinedBy: Joint | null;
  readonly bearings: readonly Bearing[];
}

interface Ends {
  from?: SessionDate;
  to?: SessionDate;
  fromBy?: BorderSource;
  toBy?: BorderSource;
}

/**
 * Who bore which ticker from when to when. Where two lists leave the day open between two bearers, or two tickers of one
 * instrument, it is found out; where that fails, the days between the lists are nobody's, and a doubt says so.
 */
export async function identitiesOf(
  spells: readonly Spell[],
  gone: readonly Gone[],
  evidence: BorderEvidence,
): Promise<{ readonly identities: readonly Identity[]; readonly doubts: readonly IdentityDoubt[] }> {
  const { companies, doubts } = companiesOf(spells);
  const work = new Work(spells, gone, evidence, [...doubts]);
  const parts: Company[] = [];
  for (const company of companies) parts.push(...(await work.settleRenames(company)));
  await work.settleReuses();
  await work.settleLastDays();
  return { identities: parts.map((company) => work.identityOf(company)), doubts: work.doubts };
}

const doubtOfBorder = {
  unknown: 'unclear_border',
  overlap: 'tickers_overlap',
  gap: 'unclear_rename',
} as const;
/** So long after a list that has it the next one may lack a ticker by mistake. */
const daysOfList = 31;

/** The ends that have been found out so far. */
class Work {
  readonly doubts: IdentityDoubt[];
  private readonly evidence: BorderEvidence;
  private readonly ends = new Map<Spell, Ends>();
  private readonly byTicker: ReadonlyMap<string, readonly Spell[]>;
  private readonly gone: ReadonlyMap<string, readonly Gone[]>;

  constructor(
    spells: readonly Spell[],
    gone: readonly Gone[],
    evidence: BorderEvidence,
    doubts: IdentityDoubt[],
  ) {
    this.doubts = doubts;
    this.evidence = evidence;
    this.byTicker = Map.groupBy(spells, ({ ticker }) => ticker);
    this.gone = Map.groupBy(gone, ({ bearer }) => bearer.ticker);
  }

  /** The company, or the companies that it turns out to be. */
  async settleRenames({ spells, joints }: Company): Promise<readonly Company[]> {
    const [first, ...others] = spells;
    const parts: { spells: [Spell, ...Spell[]]; joints: Joint[] }[] = [{ spells: [first], joints: [] }];
    let earlier = first;
    for (const [at, later] of others.entries()) {
      const joint = joints[at] ?? 'figi';
      const part = parts.at(-1);
      if (await this.areApart(earlier, later, joint)) parts.push({ spells: [later], joints: [] });
      else {
        part?.spells.push(later);
        part?.joints.push(joint);
      }
      earlier = later;
    }
    return parts.map((part) => ({ ...part, bearer: part.spells.at(-1)?.bearer ?? first.bearer }));
  }

  private async areApart(earlier: Spell, later: Spell, joint: Joint): Promise<boolean> {
    // Several lists between them have neither ticker: it was not traded, or elsewhere.
    const meet = (later.after ?? '') <= (earlier.before ?? '');
    if (!meet || earlier.ticker === later.ticker) return false;
    const rename = { isCertain: joint === 'figi', isOthersToo: (spell: Spell) => this.isOthersToo(spell) };
    const border = await renameBorder(earlier, later, rename, this.evidence);
    if (border.first !== null) {
      this.setEnds(earlier, { to: addDays(border.first, -1), toBy: border.by });
      this.setEnds(later, { from: border.first, fromBy: border.by });
      return false;
    }
    this.setEnds(earlier, { to: earlier.last, toBy: 'list' });
    this.setEnds(later, { from: later.first, fromBy: 'list' });
    this.doubt(doubtOfBorder[border.because], earlier, later);
    return border.because !== 'unknown';
  }

  /** Bearers of one ticker that follow each other between two lists. */
  async settleReuses(): Promise<void> {
    for (const own of this.byTicker.values()) {
      for (const [at, later] of own.entries()) {
        const earlier = own[at - 1];
        if (earlier !== undefined && (await this.mayTouch(earlier, later)))
          await this.settleReuse(earlier, later);
      }
    }
  }

  /** A list that lacks the ticker between them may have forgotten either of them. */
  private async mayTouch(earlier: Spell, later: Spell): Promise<boolean> {
    const { ticker, after } = later;
    if (after === null || earlier.before === null || after < earlier.before) return true;
    const bearer = await this.evidence.bearer(ticker, after);
    if (bearer === undefined) return true;
    return bearer !== null && [earlier, later].some((one) => isSurely(one.bearer, bearer));
  }

  /** Those that a source knows to have ended later than a list lets believe. */
  async settleLastDays(): Promise<void> {
    for (const own of this.byTicker.values()) {
      for (const [at, spell] of own.entries()) {
        const { before } = spell;
        if (before === null || this.ends.get(spell)?.to !== undefined) continue;
        const told = this.toldEnds(spell, { from: before, to: addDays(before, daysOfList) });
        const next = own[at + 1]?.first ?? null;
        if (told === null || (next !== null && told >= next)) continue;
        if ((await isBorneBy(spell, told, this.evidence)) === true)
          this.setEnds(spell, { to: told, toBy: 'lookup' });
      }
    }
  }

  private async settleReuse(earlier: Spell, later: Spell): Promise<void> {
    const { to, toBy } = this.ends.get(earlier) ?? {};
    const { from, fromBy } = this.ends.get(later) ?? {};
    if (to !== undefined && from !== undefined && to < from) return;
    const border = later.isUnclear ? null : await reuseBorder(earlier, later, this.evidence);
    if (border === null && !later.isUnclear) this.doubt('unclear_border', earlier, later);
    const found = border ?? { last: earlier.last, first: later.first };
    const by = border === null ? 'list' : 'lookup';
    // A day that another ticker has told already is better than one that was asked for.
    const isTold = to !== undefined && to < found.first;
    this.setEnds(earlier, isTold ? { to, toBy: toBy ?? by } : { to: found.last, toBy: by });
    const last = isTold ? to : found.last;
    this.setEnds(
      later,
      from !== undefined && from > last ? { from, fromBy: fromBy ?? by } : { from: found.first, fromBy: by },
    );
  }

  identityOf({ bearer, spells, joints }: Company): Identity {
    const joinedBy = joints.includes('cik') ? 'cik' : (joints[0] ?? null);
    return { bearer, joinedBy, bearings: spells.map((spell) => this.bearingOf(spell)) };
  }

  private bearingOf(spell: Spell): Bearing {
    const { ticker, first, after, before } = spell;
    const ends = this.ends.get(spell) ?? {};
    const from = ends.from ?? (after === null ? first : addDays(after, 1));
    const to = ends.to ?? (before === null ? null : (this.lastDayOf(spell) ?? addDays(before, -1)));
    return { ticker, from, to, fromBy: ends.fromBy ?? 'list', toBy: ends.toBy ?? 'list' };
  }

  /** As the source tells it, where that lies between the lists. */
  private lastDayOf(spell: Spell): SessionDate | null {
    const { last, before } = spell;
    return before === null ? null : this.toldEnds(spell, { from: last, to: addDays(before, -1) });
  }

  /** The one last day in a range that the source tells of it. */
  private toldEnds({ bearer, ticker }: Spell, { from, to }: DateRange): SessionDate | null {
    const told = (this.gone.get(ticker) ?? []).filter(
      (one) =>
        one.lastDay >= from &&
        one.lastDay <= to &&
        (one.bearer.figi === null || bearer.figi === null || one.bearer.figi === bearer.figi),
    );
    return told.length === 1 ? (told[0]?.lastDay ?? null) : null;
  }

  /** True when between the lists that the spell begins or ends between somebody else bore the ticker, too. */
  private isOthersToo(spell: Spell): boolean {
    const own = this.byTicker.get(spell.ticker) ?? [];
    const at = own.indexOf(spell);
    const [earlier, later] = [own[at - 1], own[at + 1]];
    return (
      (earlier !== undefined && (spell.after ?? '') <= (earlier.before ?? '')) ||
      (later !== undefined && (later.after ?? '') <= (spell.before ?? ''))
    );
  }

  private setEnds(spell: Spell, ends: Ends): void {
    this.ends.set(spell, { ...this.ends.get(spell), ...ends });
  }

  private doubt(kind: IdentityDoubt['kind'], { ticker, last }: Spell, later: Spell): void {
    this.doubts.push({ kind, ticker, others: [later.ticker], from: last, to: later.first });
  }
}
