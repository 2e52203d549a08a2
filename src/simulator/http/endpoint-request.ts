import type { DateRange } from '../../domain/date-range.ts';

/** A request that is addressed to an endpoint; whether it makes sense is the endpoint's business. */
export interface EndpointRequest<Endpoint extends string = string> {
  readonly endpoint: Endpoint;
  /** The one ticker asked for, as the client spells it; null where the request is for all of them. */
  readonly symbol: string | null;
  /** The sessions asked for, null where it names none or none that can be read. */
  readonly range: DateRange | null;
  readonly path: string;
  readonly query: URLSearchParams;
}

/** A part of a path without its percent escapes; as it stands where they are broken. */
export function decodedPart(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
