import type { SourceName } from '../domain/source.ts';

/** A source as a sentence has it: `Polygon`. */
export function providerName(source: SourceName): string {
  return source.charAt(0).toUpperCase() + source.slice(1);
}
