import { ApplicationFailure } from '@temporalio/common';
import { ProviderError } from '../src/providers/errors.ts';
import type { LoadError } from '../src/store/load-runs.ts';

/** The ledger's form of a provider's error. */
export function loadErrorOf(error: ProviderError): LoadError {
  return { kind: error.name, message: error.message };
}

/** A provider's error that stops a whole activity: tried again only where that can help. */
export function providerFailure(error: ProviderError): ApplicationFailure {
  return ApplicationFailure.create({
    type: error.name,
    message: error.message,
    nonRetryable: !error.passing,
  });
}

/** Runs a request; a provider's error becomes a value, anything else is thrown on. */
export async function attempt<T>(request: () => Promise<T>): Promise<T | ProviderError> {
  try {
    return await request();
  } catch (error) {
    if (error instanceof ProviderError) return error;
    throw error;
  }
}
