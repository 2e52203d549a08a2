import { createRequestPacer } from './request-pacer.ts';

/** The next free slot is further away than the caller waits for. */
export class BudgetFar extends Error {
  override readonly name = 'BudgetFar';
  readonly resumeInMs: number;
  constructor(resumeInMs: number) {
    super(`the provider's next free slot is ${resumeInMs} ms away`);
    this.resumeInMs = resumeInMs;
  }
}

export interface ProviderBudget {
  beforeRequest(options: { readonly signal?: AbortSignal; readonly patienceMs?: number }): Promise<void>;
  block(forMs: number): Promise<void>;
}

export function createProviderBudget({
  requestsPerMinute,
}: {
  readonly requestsPerMinute: number;
}): ProviderBudget {
  const pace = createRequestPacer(requestsPerMinute);
  return { beforeRequest: ({ signal }) => pace(signal), block: () => Promise.resolve() };
}
