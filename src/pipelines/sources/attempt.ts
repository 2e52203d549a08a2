import { MalformedResponse, ProviderError } from '../../domain/provider-errors.ts';
import type { LoadError } from '../../domain/load-error.ts';

/** The ledger's form of a provider's error. */
export function loadErrorOf(error: ProviderError): LoadError {
  return { kind: error.name, message: error.message };
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

/** What came of a request; a provider's error that is a value is thrown, for what an error must end. */
export function thrownError<T>(outcome: T | ProviderError): T {
  if (outcome instanceof ProviderError) throw outcome;
  return outcome;
}

/** An answer that reading stumbles over says nothing of the others, and is not asked for again. */
export async function readable<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof RangeError || error instanceof TypeError)) throw error;
    throw new MalformedResponse(`the answer cannot be read: ${error.message}`, { cause: error });
  }
}
