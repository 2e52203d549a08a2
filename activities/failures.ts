import { ApplicationFailure } from '@temporalio/common';
import { RateLimited, type ProviderError } from '../src/domain/provider-errors.ts';

/** A provider's error that stops a whole activity: tried again only where and when that can help. */
export function providerFailure(error: ProviderError): ApplicationFailure {
  const waitMs = error instanceof RateLimited ? error.waitMs : null;
  return ApplicationFailure.create({
    type: error.name,
    message: error.message,
    nonRetryable: !error.passing,
    ...(waitMs === null ? {} : { nextRetryDelay: waitMs }),
  });
}
