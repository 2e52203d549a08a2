import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { HttpBindings } from '@hono/node-server';
import type { Context, MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { setting } from '../setting.ts';

/** Where a dashboard is, for those who ask it. */
export interface Place {
  /** The address that it listens on. */
  readonly host: string;
  readonly port: number;
  /** What it is called from elsewhere, such as `https://bars.example.com`; null: by its address alone. */
  readonly url: string | null;
}

export interface GuardEnv {
  readonly Bindings: Partial<HttpBindings>;
  /** Whoever asks has signed in; unset where nobody has to. */
  readonly Variables: { isKnown?: boolean };
}

type Asked = Context<GuardEnv>;

const largestBody = 64 * 1024;

const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

const headers: Readonly<Record<string, string>> = {
  'Content-Security-Policy': policy,
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
};

/** The field of a form, and the header, that carry the token of this process. */
export const tokenField = 'token';
const tokenHeader = 'x-barwright-token';

/** What a form has to bring along: known to pages of this process alone. The sign-in, which strangers see, has its own. */
export interface FormTokens {
  readonly acting: string;
  readonly signingIn: string;
}

export function formTokens(): FormTokens {
  const token = () => randomBytes(32).toString('base64url');
  return { acting: token(), signingIn: token() };
}

/** Where the sign-in form is sent. */
export const signInPath = '/sign-in';

/**
 * What every request passes before any route: it is for us, by a path that says what it means, and whoever changes
 * something asks from a page of ours. Each answer has the headers that keep a page to itself.
 */
export function guard(place: Place, tokens: FormTokens): readonly MiddlewareHandler<GuardEnv>[] {
  const changing = changesOnly(bodyLimit({ maxSize: largestBody, onError: (c) => tooLarge(c) }));
  return [
    async (c, next) => {
      await next();
      for (const [name, value] of Object.entries(headers)) c.header(name, value);
      if (!c.res.headers.has('Cache-Control')) c.header('Cache-Control', 'no-store');
    },
    async (c, next) => (isPlain(c) ? next() : refuse(c, 400, 'The path is not one of this dashboard.')),
    async (c, next) => (isForUs(c, place) ? next() : refuse(c, 403, foreignHost)),
    changesOnly(async (c, next) =>
      isFromUs(c, place) ? next() : refuse(c, 403, 'Only a page of this dashboard may ask for that.'),
    ),
    changing,
    changesOnly(async (c, next) => {
      const token = new URL(c.req.url).pathname === signInPath ? tokens.signingIn : tokens.acting;
      return sameText(await tokenOf(c), token) ? next() : refuse(c, 403, staleToken);
    }),
  ];
}

const foreignHost = `This dashboard is not known by that name: its address is, or localhost, or what ${setting('DASHBOARD_URL')} says.`;
const staleToken =
  'This page is of an earlier start of the dashboard: go back, load it again, and try once more.';

function refuse(c: Context, status: 400 | 403 | 413, sentence: string) {
  return c.text(`${sentence}\n`, status);
}

function tooLarge(c: Context) {
  // What is still on its way is not read.
  c.header('Connection', 'close');
  return refuse(c, 413, `A request may bring ${largestBody / 1024} kB.`);
}

function changesOnly(check: MiddlewareHandler<GuardEnv>): MiddlewareHandler<GuardEnv> {
  return (c, next) => (c.req.method === 'GET' || c.req.method === 'HEAD' ? next() : check(c, next));
}

/** Dots, slashes, backslashes and controls are never written in code: no path of ours needs it. */
const disguised = /%(2e|2f|5c|7f|[01][0-9a-f])|\\|\/\/|\/\.{1,2}(\/|$)/i;

function isPlain(c: Asked): boolean {
  // As it was sent: the URL that was made of it has resolved its dots.
  const sent = c.env.incoming?.url ?? c.req.url.replace(/^https?:\/\/[^/]*/, '');
  const [path = ''] = sent.split(/[?#]/);
  if (!path.startsWith('/') || disguised.test(path)) return false;
  try {
    decodeURIComponent(path);
    return true;
  } catch {
    return false;
  }
}

function isForUs(c: Asked, place: Place): boolean {
  const host = c.req.header('host')?.toLowerCase();
  return host !== undefined && hostsOf(c, place).has(host);
}

/** By what names a request may call us. */
function hostsOf(c: Asked, { host, port, url }: Place): ReadonlySet<string> {
  const names = ['localhost', inUrl(host)];
  const reached = c.env.incoming?.socket.localAddress;
  // All addresses of this machine: the one that the request came to, which no name of elsewhere can be.
  if (isEveryAddress(host) && reached !== undefined) names.push(inUrl(reached.replace(/^::ffff:/, '')));
  const own = names.flatMap((name) => [`${name}:${port}`, ...(port === 80 ? [name] : [])]);
  return new Set([...own, ...(url === null ? [] : [new URL(url).host])]);
}

export const isEveryAddress = (host: string) => host === '0.0.0.0' || host === '::';

/** An address as a URL has it. */
export function inUrl(address: string): string {
  return address.includes(':') ? `[${address}]` : address;
}

/** The Origin is that of the page which was asked for under the same name; nothing is taken on trust where it is absent. */
function isFromUs(c: Asked, { url }: Place): boolean {
  const site = c.req.header('sec-fetch-site');
  if (site !== undefined && site !== 'same-origin') return false;
  const host = c.req.header('host')?.toLowerCase() ?? '';
  const named = url !== null && new URL(url).host === host ? new URL(url).origin : null;
  return c.req.header('origin') === (named ?? `http://${host}`);
}

async function tokenOf(c: Asked): Promise<string> {
  const header = c.req.header(tokenHeader);
  if (header !== undefined) return header;
  const type = c.req.header('content-type') ?? '';
  if (!/^(application\/x-www-form-urlencoded|multipart\/form-data)\b/i.test(type)) return '';
  const field = await c.req.parseBody().then(
    (body) => body[tokenField],
    // A form that cannot be read brings none.
    () => '',
  );
  return typeof field === 'string' ? field : '';
}

/** Takes as long whatever they have in common. */
export function sameText(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}
