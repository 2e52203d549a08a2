/** The next free slot is further away than the caller waits for. */
export class BudgetFar extends Error {
  override readonly name = 'BudgetFar';
  readonly resumeInMs: number;
  /** The provider has refused, and is left alone until then. */
  readonly blocked: boolean;
  constructor(resumeInMs: number, blocked = false) {
    super(`the provider's next free slot is ${Math.round(resumeInMs)} ms away`);
    this.resumeInMs = resumeInMs;
    this.blocked = blocked;
  }
}
