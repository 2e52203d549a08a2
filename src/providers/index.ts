import { createPolygonProvider } from './polygon/client.ts';

/** Name to factory: a new provider is a folder, a line here and a line of configuration. */
export const providers = { polygon: createPolygonProvider } as const;
