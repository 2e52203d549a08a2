import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { json, type Reply } from './local-server.ts';

const folder = path.resolve('../shared/fixtures/yahoo');
export const present = existsSync(folder);
export const absence = 'skipped where ../shared/fixtures is absent';

export const recordedFiles = (): readonly string[] =>
  readdirSync(folder).filter((file) => file.endsWith('.json'));

export const readFixture = (file: string): unknown =>
  JSON.parse(readFileSync(path.join(folder, file), 'utf8'));

const recording = z.object({
  response: z.object({
    status: z.number(),
    headers: z.record(z.string(), z.union([z.string(), z.array(z.string())])),
    bodyJson: z.unknown().optional(),
    bodyText: z.string().optional(),
    body: z.string().optional(),
  }),
});

/** They describe the bytes as they were sent then. */
const ofTheTransport = new Set([
  'connection',
  'content-encoding',
  'content-length',
  'keep-alive',
  'transfer-encoding',
]);

/** The recorded answer, or for a file that is a body only, that body. */
export function recorded(file: string): Reply {
  const content = readFixture(file);
  const parsed = recording.safeParse(content);
  if (!parsed.success) return json(content);
  const { status, headers, bodyJson, bodyText, body } = parsed.data.response;
  const kept = Object.entries(headers).filter(([name]) => !ofTheTransport.has(name.toLowerCase()));
  const sent = bodyJson === undefined ? (bodyText ?? body ?? '') : JSON.stringify(bodyJson);
  return (response) => {
    for (const [name, value] of kept) {
      const isSingle = typeof value === 'string' || name === 'set-cookie';
      response.setHeader(name, isSingle ? value : value.join(', '));
    }
    response.writeHead(status).end(sent);
  };
}
