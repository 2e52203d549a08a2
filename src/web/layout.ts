import type { Market } from '../config.ts';
import { marketClock } from './market-clock.ts';
import { html, nothing, plainText, type Html } from './markup.ts';
import type { PageName } from './page.ts';

/** What all pages have around them. */
export interface Frame {
  readonly market: Market;
  readonly zone: string;
  readonly now: Date;
  /** Where the header leads. */
  readonly links: readonly { readonly name: PageName; readonly path: string }[];
  /** Which of them this page is; null: none. */
  readonly current: PageName | null;
  /** Of the tab, without the program's name. */
  readonly title: string;
  readonly assetUrl: (name: string) => string;
  /** Modules of assets/. */
  readonly scripts?: readonly string[];
  /** A form that ends the session, where there is one. */
  readonly signOut?: Html;
}

/** A whole document. A simulated market is named in its header and in its title. */
export function layout(frame: Frame, body: Html): Html {
  const { market, zone, title, assetUrl, scripts = [] } = frame;
  const mark = market === 'simulated' ? 'SIMULATED · ' : '';
  // A form says where it comes from only under a policy that lets it: "no-referrer" would make its Origin "null".
  return html`<!doctype html>
    <html lang="en" data-zone="${zone}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="referrer" content="same-origin" />
        <meta name="color-scheme" content="light dark" />
        <title>${plainText(title)} · ${mark}barwright</title>
        <link rel="icon" href="${assetUrl('icon.svg')}" type="image/svg+xml" />
        <link rel="preload" href="${assetUrl('inter.woff2')}" as="font" type="font/woff2" crossorigin />
        <link rel="stylesheet" href="${assetUrl('app.css')}" />
        ${scripts.map((name) => html`<script type="module" src="${assetUrl(name)}"></script>`)}
      </head>
      <body>
        <a class="skip" href="#main">To the content</a>
        ${header(frame)}
        <main id="main" tabindex="-1">${body}</main>
        <div id="live" class="unseen" role="status" aria-live="polite"></div>
      </body>
    </html> `;
}

function header({ market, zone, now, links, current, signOut = nothing }: Frame): Html {
  const isHere = (name: PageName) => (name === current ? html` aria-current="page"` : nothing);
  return html`<header class="bar">
    <b>barwright</b>
    <nav aria-label="Pages">
      ${links.map(({ name, path }) => html`<a href="${path}" ${isHere(name)}>${name}</a>`)}
    </nav>
    ${market === 'simulated' ? html`<span class="market">SIMULATED</span>` : nothing}
    <span id="stale" class="stale" role="status" hidden></span>
    <span class="clock" title="${now.toISOString()}, times of ${zone}">${marketClock(now, zone)}</span>
    ${signOut}
  </header>`;
}
