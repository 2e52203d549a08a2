/** Why the next free slot is far: others go first, the provider has refused, or the day's requests are spent. */
export type FarBecause = 'pace' | 'refused' | 'spent';

/** The next free slot is further away than the caller waits for. */
export class BudgetFar extends Error {
  override readonly name = 'BudgetFar';
  readonly resumeInMs: number;
  readonly because: FarBecause;
  constructor(resumeInMs: number, because: FarBecause = 'pace') {
    super(`the provider's next free slot is ${Math.round(resumeInMs)} ms away`);
    this.resumeInMs = resumeInMs;
    this.because = because;
  }

  /** The provider has refused, and is left alone until then. */
  get blocked(): boolean {
    return this.because === 'refused';
  }
}
