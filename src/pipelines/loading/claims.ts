import type { Lane } from '../../domain/lane.ts';
import { claimRequests, releaseRequests, type Claim } from '../../store/claimed-requests.ts';
import type { Database } from '../../store/database.ts';

/** So many of the requests that come next are claimed before it is their turn: nobody waits for a claim then. */
const aheadOfTurn = 24;
/**
 * A claim that has waited longer for its turn is made again: to other runs it means that a request is asked now, and a
 * live one may have asked it meanwhile.
 */
const usualFreshMs = 2_000;

/** What one statement has claimed, and when. */
interface Claimed {
  readonly at: number;
  readonly claims: ReadonlyMap<number, Claim>;
}

/** Claims of a batch's requests, some at a time, in the order in which they come. */
export class Claims {
  private readonly db: Database;
  private readonly lane: Lane;
  private readonly freshMs: number;
  private readonly unclaimed: Set<number>;
  /** By request whose turn has not come. */
  private readonly ahead = new Map<number, Promise<Claimed>>();
  private wanted: number[] = [];
  private next: Promise<Claimed> | null = null;
  private underWay: Promise<unknown> = Promise.resolve();

  constructor(db: Database, lane: Lane, ids: readonly number[], freshMs = usualFreshMs) {
    this.db = db;
    this.lane = lane;
    this.freshMs = freshMs;
    this.unclaimed = new Set(ids);
  }

  /** Whose a pending request is, now that it is its turn; throws what the statement failed with. */
  async claim(id: number): Promise<Claim> {
    const ahead = this.ahead.get(id);
    this.ahead.delete(id);
    this.unclaimed.delete(id);
    if (this.ahead.size < aheadOfTurn / 2 && this.unclaimed.size > 0) void this.send();
    if (ahead !== undefined) {
      const { at, claims } = await ahead;
      if (claims.get(id) === 'ours' && performance.now() - at < this.freshMs) return 'ours';
    }
    this.wanted.push(id);
    return (await this.send()).claims.get(id) ?? 'dropped';
  }

  /** Lets go of what was claimed, but whose turn has not come. */
  async release(): Promise<void> {
    this.unclaimed.clear();
    await Promise.allSettled([this.next, this.underWay]);
    await releaseRequests(this.db, [...this.ahead.keys()]);
    this.ahead.clear();
  }

  /** The next statement: what is wanted until the one before it has ended, and some of what follows. */
  private send(): Promise<Claimed> {
    this.next ??= this.afterwards();
    // It is thrown to those whose turn it is.
    this.next.catch(() => undefined);
    return this.next;
  }

  private async afterwards(): Promise<Claimed> {
    await Promise.allSettled([this.underWay]);
    const { wanted, next, db, lane } = this;
    this.wanted = [];
    this.next = null;
    const following = [...this.unclaimed.values().take(aheadOfTurn - this.ahead.size)];
    for (const id of following) {
      this.unclaimed.delete(id);
      if (next !== null) this.ahead.set(id, next);
    }
    const sent = claimRequests(db, [...wanted, ...following], lane);
    this.underWay = sent;
    return { claims: await sent, at: performance.now() };
  }
}
