import { type ProviderError, RateLimited, Unauthorized } from '../../domain/provider-errors.ts';
import type { Caller, RequestOptions } from '../../providers/provider.ts';
import type { RunEvent } from '../../store/run-events.ts';
import { attempt, readable } from '../sources/attempt.ts';
import { BudgetFar } from '../sources/budget-far.ts';
import { refusalEvent, spentEvent } from '../sources/halt-event.ts';
import type { Source } from '../sources/sources.ts';
import { watchClock, type ClockWatch } from '../sources/wrong-clock.ts';

export interface AskingDeps extends Caller {
  readonly source: Source;
  /** A slot that is further off than this is not waited for. */
  readonly patienceMs: number;
}

/** What came of one request, and how many HTTP requests that took. */
export interface Asked<T> {
  readonly answer: T | ProviderError;
  readonly requests: number;
}

/** The requests of one batch: what one of them learns of the provider holds for the others. */
export class Asking {
  /** Set once the next free slot is too far off. */
  resumeInMs: number | null = null;
  /** The requests of the provider's day are spent. */
  spent = false;
  /** What to tell of a source that nobody may ask for now. */
  halt: RunEvent | null = null;
  readonly clock: ClockWatch;
  private readonly deps: AskingDeps;
  /** A key that was refused once is not tried again. */
  private keyRefused: Unauthorized | null = null;

  constructor(deps: AskingDeps) {
    this.deps = deps;
    this.clock = watchClock(deps.source.series.name);
  }

  /** Who asks, and how far off a slot may be that it waits for. */
  get caller(): Caller & { readonly patienceMs: number } {
    return this.deps;
  }

  /** Nothing has come up for which the batch has to be taken up again later. */
  get isOpen(): boolean {
    return this.resumeInMs === null;
  }

  /** Sends a request; null when it was not sent, or refused, and the batch has to be taken up again later. */
  async ask<T>(send: (options: RequestOptions) => Promise<T>): Promise<Asked<T> | null> {
    if (this.keyRefused !== null) return { answer: this.keyRefused, requests: 0 };
    if (!this.isOpen) return null;
    try {
      return await this.sent(send);
    } catch (error) {
      if (!(error instanceof BudgetFar)) throw error;
      if (error.blocked) this.noteRefusal(error.resumeInMs);
      if (error.because === 'spent') this.noteSpent(error.resumeInMs);
      this.resumeLater(error.resumeInMs);
      return null;
    }
  }

  private async sent<T>(send: (options: RequestOptions) => Promise<T>): Promise<Asked<T> | null> {
    const { signal, lane, patienceMs } = this.deps;
    const { onWrongClock } = this.clock;
    let requests = 0;
    const onRequest = () => (requests += 1);
    const options = { signal, lane, onRequest, onWrongClock, patienceMs };
    const answer = await attempt(() => readable(() => send(options)));
    if (answer instanceof Unauthorized) this.keyRefused = answer;
    if (answer instanceof RateLimited && this.isWaitedFor(answer)) return null;
    return { answer, requests };
  }

  /** True where what was refused is asked again once the provider may be asked at all; else it has failed. */
  private isWaitedFor({ waitMs }: RateLimited): boolean {
    if (waitMs !== null) this.noteRefusal(waitMs);
    if (this.deps.source.refusalWaitsMs === null) return false;
    this.resumeLater(waitMs ?? 0);
    return true;
  }

  /** Has the batch taken up again after so long. */
  resumeLater(inMs: number): void {
    this.resumeInMs = Math.max(this.resumeInMs ?? 0, inMs);
  }

  private noteRefusal(forMs: number): void {
    this.halt = refusalEvent(this.deps.source.series.name, forMs);
  }

  private noteSpent(forMs: number): void {
    this.spent = true;
    this.halt = spentEvent(this.deps.source.series.name, forMs);
  }
}
