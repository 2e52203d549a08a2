import type { InstrumentReference } from '../../domain/instrument.ts';
import type { RequestOptions, SeriesProvider } from '../../providers/provider.ts';

/** The instrument that a person means, under the likeliest spelling that the provider knows; null when it knows none. */
export async function lookUp(
  provider: SeriesProvider,
  typed: string,
  options: RequestOptions,
): Promise<InstrumentReference | null> {
  for (const symbol of spellings(typed)) {
    const found = await provider.lookUp(symbol, options);
    if (found !== null) return found;
  }
  return null;
}

/**
 * How the provider may write what a person typed, likeliest first. Its tickers begin with a capital letter, so
 * all-lower-case input is not worth a request.
 */
function spellings(typed: string): readonly string[] {
  const upper = typed.toUpperCase();
  return typed === upper || /^[a-z]/.test(typed) ? [upper] : [typed, upper];
}
