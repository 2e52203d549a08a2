import type { Lane } from '../../domain/lane.ts';
import type { Database } from '../../store/database.ts';
import { reserveSlots, type BudgetKey, type DayQuota } from '../../store/provider-budget.ts';
import { BudgetFar } from './budget-far.ts';

export interface SlotDeps {
  readonly db: Database;
  readonly key: BudgetKey;
  readonly spacingMs: number;
  readonly perDay: DayQuota | null;
  /** Milliseconds that only go forward. */
  readonly now: () => number;
  readonly wait: (forMs: number, signal: AbortSignal | undefined) => Promise<void>;
}

/** Who wants a slot. */
export interface SlotTurn {
  readonly lane: Lane;
  /** By the clock of the slots: nobody waits for a slot after it. */
  readonly deadline: number;
  readonly signal: AbortSignal | undefined;
}

/** A slot by the clock of this process, which knows it but for the time that asking took. */
export interface HeldSlot {
  /** Not before: nothing is sent earlier. */
  readonly at: number;
  /** It may have been then already: how late it is counts from here. */
  readonly since: number;
}

/** The callers of one lane in this process. */
interface Line {
  readonly lane: Lane;
  readonly slots: HeldSlot[];
  waiting: number;
  reserving: Promise<Reservation> | null;
  /** There is no free slot before, as far as this process knows: slots never move back. */
  notBefore: number;
}

type Reservation = Awaited<ReturnType<typeof reserveSlots>>;

/** A fast provider is served by reserving what is used up within so long. */
const batchMs = 250;
const mostAtOnce = 256;
/** No slot is taken longer before its time than that: whoever is more urgent may come until then. */
const aheadMs = 100;

/** Slots of a budget: `take` tells when the next one is, or throws `BudgetFar`. */
export function createSlots({ db, key, spacingMs, perDay, now, wait }: SlotDeps) {
  // Of a day's quota nothing is taken that may be left over.
  const count = perDay === null ? Math.max(1, Math.min(mostAtOnce, Math.floor(batchMs / spacingMs))) : 1;
  const lines: Readonly<Record<Lane, Line>> = { live: lineOf('live'), background: lineOf('background') };

  /** One reservation at a time: callers that wait share what it brings. */
  function reserve(line: Line, patienceMs: number): Promise<Reservation> {
    line.reserving ??= (async () => {
      const { lane, waiting } = line;
      const maxWaitMs = Math.min(aheadMs, patienceMs);
      const wish = { count, spacingMs, maxWaitMs, lane, patienceMs, others: waiting > count, perDay };
      const askedAt = now();
      const reservation = await reserveSlots(db, key, wish);
      const { reserved, inMs } = reservation;
      if (reserved)
        line.slots.push(...slotsFrom({ since: askedAt + inMs, at: now() + inMs }, count, spacingMs));
      line.notBefore = now() + inMs + (reserved ? count * spacingMs : 0);
      return reservation;
    })().finally(() => (line.reserving = null));
    return line.reserving;
  }

  async function waitInLine(line: Line, { deadline, signal }: SlotTurn): Promise<HeldSlot> {
    const arrivedAt = now();
    for (let hasAsked = false; ; hasAsked = true) {
      const slot = line.slots.shift();
      if (slot !== undefined) return slot;
      const soonest = line.notBefore - headStart((now() - arrivedAt) / spacingMs);
      if (hasAsked && soonest > now() && line.notBefore <= deadline) {
        await wait(soonest - now(), signal);
        continue;
      }
      const patienceMs = deadline - now();
      const { reserved, inMs, ...why } = await reserve(line, patienceMs);
      if (reserved) continue;
      if (why.spent) throw new BudgetFar(inMs, 'spent');
      if (inMs > deadline - now()) throw new BudgetFar(inMs, why.blocked ? 'refused' : 'pace');
      // A slot that is near and not ours is the other lane's.
      if (inMs <= Math.min(aheadMs, patienceMs)) await wait(Math.max(1, why.othersMs), signal);
    }
  }

  return {
    async take(turn: SlotTurn): Promise<HeldSlot> {
      const line = lines[turn.lane];
      line.waiting += 1;
      try {
        return await waitInLine(line, turn);
      } finally {
        line.waiting -= 1;
      }
    },
  };
}

function slotsFrom({ at, since }: HeldSlot, count: number, spacingMs: number): readonly HeldSlot[] {
  return Array.from({ length: count }, (_, index) => ({
    at: at + index * spacingMs,
    since: since + index * spacingMs,
  }));
}

/** Who has waited for more slots asks earlier before the next, in whichever process: so nobody is passed over for ever. */
function headStart(slotsWaited: number): number {
  return aheadMs * (0.2 + 0.75 * (1 - 1 / (1 + slotsWaited / 8)));
}

function lineOf(lane: Lane): Line {
  return { lane, slots: [], waiting: 0, reserving: null, notBefore: -Infinity };
}
