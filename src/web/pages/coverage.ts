import { coverageSums, expectedCells, sessionSums, type CellSums } from '../../operations/coverage-counts.ts';
import type { KeptMap } from '../../operations/coverage-maps.ts';
import { lookOver } from '../../operations/look-over.ts';
import { providerName } from '../../operations/provider-name.ts';
import { sources } from '../../domain/source.ts';
import type { Database } from '../../store/database.ts';
import {
  askedCoverage,
  coverageForm,
  coveragePath,
  orders,
  type AskedCoverage,
} from '../coverage/asked-coverage.ts';
import { readAsked } from '../coverage/read-asked.ts';
import { readCloser } from '../coverage/read-closer.ts';
import { rowsOfPage, symbolsTable, symbolsWithGaps } from '../coverage/symbols-table.ts';
import { html, nothing, type Html } from '../markup.ts';
import type { Page, Shown, Visit } from '../page.ts';
import { sessionsText } from '../page-clock.ts';
import { counted, figure, panel, shownOr, verdict, type Tone } from '../parts.ts';

/** What do we have, and where are the holes? */
export const coverage: Page = {
  path: '/coverage',
  name: 'Coverage',
  scripts: ['coverage.js'],
  async show(visit) {
    const asked = askedCoverage(visit.query, visit.now);
    if (asked.problems.size > 0) return refused(asked);
    const found = await visit.read(async (db, store) => {
      const { asked: from, kept } = await readAsked(store, visit, asked);
      return shownCoverage(db, visit, from, kept);
    });
    if (found.ok) return found.value;
    const answer = 'What there is cannot be told';
    const body = html`${verdict('warn', answer)} ${coverageForm(asked)}
    ${panel(
      { title: 'Coverage' },
      shownOr(found, () => nothing),
    )}`;
    return { title: answer, body };
  },
};

function refused(asked: AskedCoverage): Shown {
  const answer = 'This is no part of the coverage';
  const why = [...asked.problems.values()].join('; ');
  return { title: answer, body: html`${verdict('warn', answer, why)} ${coverageForm(asked)}`, status: 400 };
}

async function shownCoverage(
  db: Database,
  visit: Visit,
  asked: AskedCoverage,
  kept: KeptMap,
): Promise<Shown> {
  const { map } = kept;
  const { all, each } = coverageSums(map);
  const lacking = symbolsWithGaps(each, asked.order);
  const rows = lacking.slice((asked.page - 1) * rowsOfPage, asked.page * rowsOfPage);
  const { source, interval, range } = asked;
  const gaps = await lookOver(db, {
    ...{ source, interval, range, nowMs: visit.now.getTime() },
    instruments: rows.map(({ instrument }) => instrument),
  });
  const answer = firstLine(all);
  const last = map.sessions.at(-1);
  const inLast = last === undefined ? 0 : sessionSums(map, last).due;
  const body = html`${verdict(toneOf(all, inLast), answer, beneath(all, { lacking: lacking.length, inLast }))}
    ${coverageForm(asked)} ${map.instruments.length === 0 ? nobody(asked) : mapPanel(asked, kept)}
    <div id="closer-place" aria-live="polite">${await readCloser(db, visit, asked, kept)}</div>
    ${panel(
      {
        title: `Symbols with gaps (${figure(lacking.length)})`,
        more: html`<span class="sub">${orders[asked.order]} first</span>`,
      },
      html`${symbolsTable(asked, rows, gaps)} ${pagesOf(asked, lacking.length)}`,
    )}`;
  return { title: answer, body };
}

/** Never rounded up to all of it. */
function firstLine(sums: CellSums): string {
  const expected = expectedCells(sums);
  if (expected === 0) return 'No cell is expected here';
  const share = Math.floor((10_000 * (expected - sums.due)) / expected) / 100;
  return `${share.toFixed(2)} % of ${counted(expected, 'expected cell')} are accounted for`;
}

function beneath(
  all: CellSums,
  { lacking, inLast }: { readonly lacking: number; readonly inLast: number },
): string {
  const absent = `${figure(all.absent)} absent for a recorded reason.`;
  if (all.due === 0) return `Nothing is due. ${absent}`;
  return `${figure(all.due)} due in ${counted(lacking, 'symbol')}, ${figure(inLast)} of them in the last session. ${absent}`;
}

/** What is due of the last session comes by itself. */
function toneOf({ due }: CellSums, inLast: number): Tone {
  if (due === 0) return 'ok';
  return due === inLast ? 'warn' : 'bad';
}

function nobody({ source }: AskedCoverage): Html {
  const words =
    sources[source].universe === 'listed'
      ? html`Nobody is listed yet: <code>barwright symbols sync</code> reads who is.`
      : html`The watchlist is empty: <code>barwright symbols watch AAPL,MSFT</code> fills it.`;
  return panel({ title: 'Coverage' }, html`<p class="empty">${words}</p>`);
}

const states = ['settled', 'provisional', 'absent', 'due', 'blocked', 'none'] as const;
const stateTexts: Readonly<Record<(typeof states)[number], string>> = {
  settled: 'settled',
  provisional: 'provisional',
  absent: 'absent, reason known',
  due: 'due',
  blocked: 'blocked by a finding',
  none: 'not expected',
};

function mapPanel(asked: AskedCoverage, { map }: KeptMap): Html {
  const { source, interval, range, order } = asked;
  const title = `${providerName(source)} ${interval}, ${sessionsText(range)}`;
  const more = html`<span class="sub"
      >${counted(map.instruments.length, 'symbol')} × ${counted(map.sessions.length, 'session')},
      ${orders[order]} first</span
    >
    <span class="zooms" hidden
      ><button type="button" data-zoom="out" aria-label="Zoom out">−</button>
      <button type="button" data-zoom="in" aria-label="Zoom in">+</button>
      <button type="button" data-zoom="fit">Fit</button></span
    >`;
  const label = `Coverage of ${counted(map.instruments.length, 'symbol')} by session; the table below lists the symbols of which something is due`;
  const bytes = coveragePath(asked, { symbol: null, session: null }, '/coverage/map');
  const shown = panel(
    { title, more },
    html`<div
        id="map"
        data-bytes="${bytes}"
        data-closer="${coveragePath(asked, { symbol: null, session: null }, '/coverage/closer')}"
        data-order="${order}"
      >
        <canvas id="strip" height="56" role="img" aria-label="Due cells by session"></canvas>
        <canvas
          id="cells"
          height="420"
          tabindex="0"
          role="application"
          aria-roledescription="map"
          aria-label="${label}"
          aria-describedby="keys"
        ></canvas>
        <p id="said" class="sub" aria-live="polite">Without script the table below says the same.</p>
        <p id="keys" class="unseen">
          Arrow keys move over the cells, Enter tells of one, plus and minus zoom, 0 shows all, Escape closes.
        </p>
      </div>
      <div class="legend">
        ${states.map((state) => html`<span class="${state}" data-state="${state}">${stateTexts[state]}</span>`)}
      </div>`,
  ); // Its script keeps it as it is being looked at, and reads what has changed.
  return html`<div data-keep="${bytes}">${shown}</div>`;
}

function pagesOf(asked: AskedCoverage, count: number): Html {
  const last = Math.max(1, Math.ceil(count / rowsOfPage));
  if (last === 1 && asked.page === 1) return nothing;
  return html`<p class="pages">
    ${asked.page > 1 ? html`<a href="${coveragePath(asked, { page: asked.page - 1 })}" rel="prev">Before</a>` : nothing}
    <span class="sub">page ${asked.page} of ${last}</span>
    ${asked.page < last ? html`<a href="${coveragePath(asked, { page: asked.page + 1 })}" rel="next">Next</a>` : nothing}
  </p>`;
}
