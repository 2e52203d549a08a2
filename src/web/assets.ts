import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Context } from 'hono';

/** A file that pages are made with, as it is sent. */
interface Asset {
  readonly type: string;
  readonly body: Uint8Array<ArrayBuffer>;
  /** Null: it gains nothing. */
  readonly zipped: Uint8Array<ArrayBuffer> | null;
  readonly etag: string;
  /** Whether it may be kept without asking: it is another's, and never changes under its name. */
  readonly lasting: boolean;
}

/** Files by name, and their addresses. */
export interface Assets {
  /** The path of a file, with its digest behind it. Throws for one that there is not. */
  readonly urlOf: (name: string) => string;
  readonly answer: (c: Context, name: string) => Response;
}

const types: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};

const font = import.meta.resolve('@fontsource-variable/inter/files/inter-latin-wght-normal.woff2');
const year = 365 * 86_400;

/** Reads the files of assets/ and the font, once: no path of a request ever is one of the disk. */
export function readAssets(folder = path.join(import.meta.dirname, 'assets')): Assets {
  const files = readdirSync(folder).map((name) => [name, path.join(folder, name)] as const);
  const all = new Map(files.map(([name, file]) => [name, assetOf(file, false)]));
  all.set('inter.woff2', assetOf(fileURLToPath(font), true));
  return {
    urlOf(name) {
      const asset = all.get(name);
      if (asset === undefined) throw new Error(`there is no asset ${name}`);
      // What a style sheet or a module names in its text has no digest behind it: the two would be loaded twice.
      return `/assets/${name}`;
    },
    answer(c, name) {
      const asset = all.get(name);
      return asset === undefined ? (c.notFound() as Response) : send(c, asset);
    },
  };
}

function assetOf(file: string, lasting: boolean): Asset {
  const type = types[path.extname(file)];
  if (type === undefined) throw new Error(`${file} is of no kind that a page is made with`);
  const body = new Uint8Array(readFileSync(file));
  const zipped = type.startsWith('font/') ? null : new Uint8Array(gzipSync(body, { level: 9 }));
  const etag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`;
  return { type, body, zipped, etag, lasting };
}

function send(c: Context, { type, body, zipped, etag, lasting }: Asset): Response {
  const packed = zipped !== null && /\bgzip\b/.test(c.req.header('accept-encoding') ?? '') ? zipped : null;
  c.header('ETag', etag);
  c.header('Cache-Control', lasting ? `public, max-age=${year}, immutable` : 'no-cache');
  c.header('Vary', 'Accept-Encoding');
  if (c.req.header('if-none-match') === etag) return c.body(null, 304);
  c.header('Content-Type', type);
  if (packed !== null) c.header('Content-Encoding', 'gzip');
  return c.body(packed ?? body);
}
