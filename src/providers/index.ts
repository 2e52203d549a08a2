import { createPolygonProvider } from './polygon/client.ts';
import { createYahooProvider } from './yahoo/client.ts';

/** Name to factory: a new provider is a folder, a line here and a line of configuration. */
export const providers = { polygon: createPolygonProvider, yahoo: createYahooProvider } as const;
