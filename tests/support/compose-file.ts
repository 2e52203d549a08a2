import { readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { finished } from './buildah.ts';
import { goTool, goTools } from './go-tools.ts';
import { houseRoot } from './house-files.ts';
import { interpolated } from './interpolated.ts';

const mount = z.object({ type: z.string(), source: z.string(), target: z.string() });
const words = z.union([z.string().transform((word) => [word]), z.array(z.string())]).nullish();

const service = z.object({
  image: z.string(),
  entrypoint: words,
  command: words,
  environment: z.record(z.string(), z.string()).default({}),
  profiles: z.array(z.string()).default([]),
  depends_on: z.record(z.string(), z.object({ condition: z.string() })).default({}),
  volumes: z.array(mount).default([]),
  secrets: z.array(z.object({ source: z.string() })).default([]),
  ports: z.array(z.unknown()).default([]),
  healthcheck: z.object({ test: z.array(z.string()) }).optional(),
  restart: z.string(),
  init: z.boolean(),
  read_only: z.boolean().default(false),
  cap_drop: z.array(z.string()),
  cap_add: z.array(z.string()).default([]),
  security_opt: z.array(z.string()),
  stop_grace_period: z.string().optional(),
  logging: z.object({ driver: z.string(), options: z.record(z.string(), z.string()) }),
  deploy: z
    .object({
      replicas: z.union([z.string(), z.number()]).optional(),
      resources: z.object({ limits: z.object({ cpus: z.string(), memory: z.string() }) }),
    })
    .optional(),
});
export type Service = z.infer<typeof service>;

const model = z.object({
  name: z.string(),
  services: z.record(z.string(), service),
  volumes: z.record(z.string(), z.unknown()),
  secrets: z.record(z.string(), z.object({ file: z.string() })),
  'x-required': z.array(z.string()),
});
export type ComposeModel = z.infer<typeof model>;

export const composeFile = path.join(houseRoot, 'docker-compose.yml');
export const composeText = readFileSync(composeFile, 'utf8');

/** Paths and variables as they stand: the parser alone knows neither this folder nor an environment. */
const asWritten = ['-no-interpolation', '-no-path-resolution'];

/** The file as compose's own parser understands it; its variables stand as they are, unless given. */
export async function composeModel(variables?: Readonly<Record<string, string>>): Promise<ComposeModel> {
  const parser = await goTool(goTools.composeParser);
  const raw = await finished(parser, [...asWritten, '-format', 'json', composeFile], {
    ...process.env,
    COMPOSE_PROFILES: '*',
  });
  return model.parse(variables === undefined ? JSON.parse(raw) : replaced(JSON.parse(raw), variables));
}

/** Every text within a value with its variables replaced. */
function replaced(value: unknown, variables: Readonly<Record<string, string>>): unknown {
  if (typeof value === 'string') return interpolated(value, variables);
  if (Array.isArray(value)) return value.map((each) => replaced(each, variables));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [key, replaced(each, variables)] as const),
  );
}
