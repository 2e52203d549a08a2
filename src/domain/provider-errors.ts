import type { RejectedRecord } from './rejected-record.ts';

/**
 * Everything that can go wrong with one request to a provider. `passing` tells whether the same request may
 * succeed later; the class name is the `error_kind` of the ledger and the failure type in Temporal.
 * Messages carry no key, no header and no body.
 */
export abstract class ProviderError extends Error {
  static readonly passing: boolean = false;
  abstract override readonly name: ProviderErrorKind;
  get passing(): boolean {
    return (this.constructor as typeof ProviderError).passing;
  }
}

/** The provider does not know the symbol. */
export class SymbolNotFound extends ProviderError {
  override readonly name = 'SymbolNotFound';
  readonly symbol: string;
  constructor(symbol: string, options?: ErrorOptions) {
    super(`the provider does not know the symbol ${symbol}`, options);
    this.symbol = symbol;
  }
}

/** The key is missing, unknown or revoked (401, or 400 for a missing key). */
export class Unauthorized extends ProviderError {
  override readonly name = 'Unauthorized';
}

/** The plan of the key does not cover the data (403). */
export class NotEntitled extends ProviderError {
  override readonly name = 'NotEntitled';
}

/** The provider has the session, but not yet (403 for a day that is not final). */
export class NotYetAvailable extends ProviderError {
  static override readonly passing = true;
  override readonly name = 'NotYetAvailable';
}

/** The provider refuses the request as such (400 and other 4xx). */
export class RequestRefused extends ProviderError {
  override readonly name = 'RequestRefused';
}

/** Too many requests (429); `retryAfterMs` is the provider's wish, null when it names none. */
export class RateLimited extends ProviderError {
  static override readonly passing = true;
  override readonly name = 'RateLimited';
  readonly retryAfterMs: number | null;
  /** For how long nobody asks the provider, once that is decided; null: it is not. */
  waitMs: number | null = null;
  constructor(message: string, retryAfterMs: number | null, options?: ErrorOptions) {
    super(message, options);
    this.retryAfterMs = retryAfterMs;
  }
}

/** 5xx, a refused or broken connection, HTML or a cut body in place of JSON. */
export class ProviderUnavailable extends ProviderError {
  static override readonly passing = true;
  override readonly name = 'ProviderUnavailable';
}

/** No complete answer within the time-out. */
export class ResponseTimedOut extends ProviderError {
  static override readonly passing = true;
  override readonly name = 'ResponseTimedOut';
}

/** JSON that is not what was asked for: wrong shape, wrong symbol, adjusted prices. */
export class MalformedResponse extends ProviderError {
  override readonly name = 'MalformedResponse';
}

/** So many bad records that none of the answer is believed; asked again it may be right. */
export class DoubtedResponse extends ProviderError {
  static override readonly passing = true;
  override readonly name = 'DoubtedResponse';
  /** The bad ones, as evidence: no more than a run keeps. */
  readonly rejected: readonly RejectedRecord[];
  constructor(message: string, rejected: readonly RejectedRecord[], options?: ErrorOptions) {
    super(message, options);
    this.rejected = rejected;
  }
}

/** More bytes than any honest answer has. */
export class ResponseTooLarge extends ProviderError {
  override readonly name = 'ResponseTooLarge';
}

/** Pages that repeat, never end, or lead to another host. */
export class BrokenPaging extends ProviderError {
  override readonly name = 'BrokenPaging';
}

const classes = [
  SymbolNotFound,
  Unauthorized,
  NotEntitled,
  NotYetAvailable,
  RequestRefused,
  RateLimited,
  ProviderUnavailable,
  ResponseTimedOut,
  MalformedResponse,
  DoubtedResponse,
  ResponseTooLarge,
  BrokenPaging,
] as const;

export type ProviderErrorKind = InstanceType<(typeof classes)[number]>['name'];

/** Causes that may pass: the same request can succeed a minute later. */
export const passingErrorKinds: readonly string[] = classes.flatMap((one) => (one.passing ? one.name : []));
