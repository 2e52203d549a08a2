import { readdirSync } from 'node:fs';
import { z } from 'zod';
import { json, type Reply } from './local-server.ts';
import { fixturesFolder, readFixture } from './fixtures.ts';

export const absence = 'skipped where ../shared/fixtures is absent';

export const recordedFiles = (): readonly string[] =>
  readdirSync(`${fixturesFolder}yahoo`).filter((file) => file.endsWith('.json'));

export const readRecording = (file: string): unknown => JSON.parse(readFixture(`yahoo/${file}`));

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
  const content = readRecording(file);
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
