import { createHmac, randomBytes } from 'node:crypto';
import type { Context, MiddlewareHandler } from 'hono';
import { getCookie, setCookie } from 'hono/cookie';
import { sameText, signInPath, tokenField, type GuardEnv, type Place } from './guard.ts';
import { setting } from '../setting.ts';
import { html, nothing, type Html } from './markup.ts';

type Asked = Context<GuardEnv>;

/** Who may see the pages. */
export interface SignIn {
  /** Keeps strangers out of all that is not open to them; a page in its place asks who they are. */
  readonly required: MiddlewareHandler<GuardEnv>;
  /** Takes the form: a right token opens a session, a wrong one is told so. */
  readonly take: (c: Asked) => Promise<Response>;
  readonly end: (c: Asked) => Response;
}

interface SignInOptions {
  /** What a person has to know. */
  readonly secret: string;
  readonly place: Place;
  readonly now: () => Date;
  /** A document with the form in it. */
  readonly page: (c: Asked, body: Html, status: 401 | 429) => Response | Promise<Response>;
  readonly formToken: string;
}

const cookie = 'barwright_session';
const sessionMs = 12 * 3_600_000;
/** Wrong ones of an address within a minute; after them nobody there is heard until it is over. */
const mostWrong = 10;
const wrongMs = 60_000;
const mostAddresses = 1_000;

/** The sign-in of a process: its sessions end with it. */
export function signIn(options: SignInOptions): SignIn {
  const { secret, place, now, page } = options;
  const key = randomBytes(32);
  const digest = (text: string) => createHmac('sha256', key).update(text).digest('base64url');
  const wrong = wrongTries(now);
  // Not the secret itself: a cookie tells until when it holds, and that we have written it.
  const sessionUntil = (ms: number) => `${ms}.${digest(`session ${ms}`)}`;
  const isSession = (value: string) => {
    const until = Number(value.split('.')[0]);
    return sameText(value, sessionUntil(until)) && until > now().getTime();
  };
  const attributes = {
    httpOnly: true,
    sameSite: 'Strict',
    path: '/',
    secure: place.url?.startsWith('https:') ?? false,
  } as const;
  const ask = (c: Asked, to: string, said: string | null, status: 401 | 429 = 401) =>
    page(c, form(options, { to, said }), status);
  return {
    async required(c, next) {
      const isKnown = isSession(getCookie(c, cookie) ?? '');
      c.set('isKnown', isKnown);
      if (isKnown || isOpen(c.req.path)) return next();
      const { pathname, search } = new URL(c.req.url);
      return ask(c, pathname + search, null);
    },
    async take(c) {
      const { secret: typed, to: wished } = await c.req.parseBody();
      const to = ownPath(wished);
      const from = c.env.incoming?.socket.remoteAddress ?? '';
      const waitMs = wrong.waitMs(from);
      if (waitMs > 0) {
        c.header('Retry-After', String(Math.ceil(waitMs / 1000)));
        return ask(c, to, 'Too many wrong tokens: wait a minute.', 429);
      }
      // Digests have one length, whatever was typed.
      if (typeof typed !== 'string' || !sameText(digest(typed.trim()), digest(secret))) {
        wrong.enter(from);
        return ask(c, to, 'That is not the token.');
      }
      setCookie(c, cookie, sessionUntil(now().getTime() + sessionMs), {
        ...attributes,
        maxAge: sessionMs / 1000,
      });
      return c.redirect(to, 303);
    },
    end(c) {
      setCookie(c, cookie, '', { ...attributes, maxAge: 0 });
      return c.redirect('/', 303);
    },
  };
}

/** What a page that asks for the token is made with, and whether the dashboard answers at all. */
function isOpen(path: string): boolean {
  return path.startsWith('/assets/') || path === '/health' || path === signInPath;
}

/** A path of ours, whatever a form says. */
function ownPath(to: unknown): string {
  return typeof to === 'string' && /^\/(?![/\\])[\x21-\x7e]*$/.test(to) ? to : '/';
}

function form(
  { formToken }: SignInOptions,
  { to, said }: { readonly to: string; readonly said: string | null },
): Html {
  return html`<section class="panel sign-in">
    <form method="post" action="${signInPath}">
      <h1>Sign in</h1>
      ${said === null ? nothing : html`<p class="trouble" role="alert">${said}</p>`}
      <label for="secret">Token of this dashboard (${setting('DASHBOARD_TOKEN')})</label>
      <input id="secret" name="secret" type="password" autocomplete="current-password" required autofocus />
      <input type="hidden" name="${tokenField}" value="${formToken}" />
      <input type="hidden" name="to" value="${to}" />
      <button class="go">Sign in</button>
    </form>
  </section>`;
}

/** Counts wrong tokens by the address that they came from. */
function wrongTries(now: () => Date) {
  const byAddress = new Map<string, { readonly since: number; readonly count: number }>();
  return {
    /** How long nothing from there is heard, milliseconds. */
    waitMs(address: string): number {
      const tried = byAddress.get(address);
      if (tried === undefined || tried.count < mostWrong) return 0;
      return Math.max(0, tried.since + wrongMs - now().getTime());
    },
    enter(address: string): void {
      const ms = now().getTime();
      for (const [known, { since }] of byAddress) if (since + wrongMs <= ms) byAddress.delete(known);
      // Who has so many addresses is not held up by one of them.
      if (byAddress.size >= mostAddresses) byAddress.clear();
      const { since, count } = byAddress.get(address) ?? { since: ms, count: 0 };
      byAddress.set(address, { since, count: count + 1 });
    },
  };
}
