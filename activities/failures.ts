import { ApplicationFailure } from '@temporalio/common';
import type { ProviderError } from '../src/domain/provider-errors.ts';

/** A provider's error that stops a whole activity: tried again only where that can help. */
export function providerFailure(error: ProviderError): ApplicationFailure {
  return ApplicationFailure.create({
    type: error.name,
    message: error.message,
    nonRetryable: !error.passing,
  });
}
