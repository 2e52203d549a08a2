/**
 * Everything that can go wrong with one request to a provider. `passing` tells whether the same request may
 * succeed later; the class name is the `error_kind` of the ledger and the failure type in Temporal.
 * Messages carry no key, no header and no body.
 */
export abstract class ProviderError extends Error {
  abstract readonly passing: boolean;
}

/** The provider does not know the symbol. */
export class SymbolNotFound extends ProviderError {
  override readonly name = 'SymbolNotFound';
  readonly passing = false;
  readonly symbol: string;
  constructor(symbol: string, options?: ErrorOptions) {
    super(`the provider does not know the symbol ${symbol}`, options);
    this.symbol = symbol;
  }
}

/** The key is missing, unknown or revoked (401, or 400 for a missing key). */
export class Unauthorized extends ProviderError {
  override readonly name = 'Unauthorized';
  readonly passing = false;
}

/** The plan of the key does not cover the data (403). */
export class NotEntitled extends ProviderError {
  override readonly name = 'NotEntitled';
  readonly passing = false;
}

/** The provider has the session, but not yet (403 for a day that is not final). */
export class NotYetAvailable extends ProviderError {
  override readonly name = 'NotYetAvailable';
  readonly passing = true;
}

/** The provider refuses the request as such (400 and other 4xx). */
export class RequestRefused extends ProviderError {
  override readonly name = 'RequestRefused';
  readonly passing = false;
}

/** Too many requests (429); `retryAfterMs` is the provider's wish, null when it names none. */
export class RateLimited extends ProviderError {
  override readonly name = 'RateLimited';
  readonly passing = true;
  readonly retryAfterMs: number | null;
  constructor(message: string, retryAfterMs: number | null, options?: ErrorOptions) {
    super(message, options);
    this.retryAfterMs = retryAfterMs;
  }
}

/** 5xx, a refused or broken connection, HTML or a cut body in place of JSON. */
export class ProviderUnavailable extends ProviderError {
  override readonly name = 'ProviderUnavailable';
  readonly passing = true;
}

/** No complete answer within the time-out. */
export class ResponseTimedOut extends ProviderError {
  override readonly name = 'ResponseTimedOut';
  readonly passing = true;
}

/** JSON that is not what was asked for: wrong shape, wrong symbol, adjusted prices. */
export class MalformedResponse extends ProviderError {
  override readonly name = 'MalformedResponse';
  readonly passing = false;
}

/** More bytes than any honest answer has. */
export class ResponseTooLarge extends ProviderError {
  override readonly name = 'ResponseTooLarge';
  readonly passing = false;
}

/** Pages that repeat, never end, or lead to another host. */
export class BrokenPaging extends ProviderError {
  override readonly name = 'BrokenPaging';
  readonly passing = false;
}
