import type { TemporalFigures } from '../../../operations/read-status.ts';
import { isTroubled } from '../../../operations/attention/run-lines.ts';
import type { EndedFlowRun, FlowRuns, OpenFlowRun } from '../../../store/flow-runs.ts';
import { durationText } from '../../../operations/figures.ts';
import { untilText } from './until.ts';
import { pathWith } from '../../query.ts';
import { runPath } from '../../runs/run-links.ts';
import { html, nothing, plainText, type Html } from '../../markup.ts';
import type { Visit } from '../../page.ts';
import { counted, empty, figure, scrolling, table, tag, type Tone } from '../../parts.ts';

const headings = [
  { text: 'Pipeline', classes: 'wrap' },
  { text: 'Last run', classes: 'wrap' },
  { text: 'Last 20', classes: 'lo' },
  { text: 'Symbols', classes: 'num lo' },
  { text: 'Failed', classes: 'num' },
  { text: 'Changed', classes: 'num lo' },
  { text: 'Requests', classes: 'num lo' },
  { text: 'Took', classes: 'num lo' },
  { text: 'Next', classes: 'wrap' },
];

/** A row a pipeline: what it came to last, what it is at, and when it comes again. */
export function pipelineTable(
  visit: Visit,
  all: readonly FlowRuns[],
  schedules: TemporalFigures | null,
): Html {
  const isScheduled = (flow: string) => schedules?.nextRuns.some(({ id }) => id === flow) === true;
  const shown = all.filter(({ flow, open, ended }) => open.length + ended.length > 0 || isScheduled(flow));
  if (shown.length === 0)
    return empty(html`Nothing has run yet. Start with <code>barwright symbols sync</code>.`);
  const rows = shown.map((one) => row(visit, one, schedules));
  return scrolling('Pipelines', table(headings, rows));
}

function row(visit: Visit, { flow, open, ended }: FlowRuns, schedules: TemporalFigures | null): Html {
  const [running] = open;
  const [last] = ended;
  return html`<tr>
    <td class="wrap"><a href="${pathWith('/runs', { flow })}">${flow}</a></td>
    <td class="wrap">${running === undefined ? endedText(visit, last) : openText(visit, running)}</td>
    <td class="lo">${strip(visit, ended)}</td>
    ${running === undefined ? endedFigures(last) : openFigures(visit, running)}
    <td class="wrap">${nextText(visit, flow, schedules)}</td>
  </tr>`;
}

/** What a run is called, and in which colour. */
export function toneOfRun(run: EndedFlowRun): readonly [Tone, string] {
  const { status, failed, wentOnWithout } = run;
  if (status === 'cancelled') return ['off', 'Cancelled'];
  if (status !== 'completed') {
    const word = status === 'terminated' ? 'Terminated' : 'Failed';
    return isTroubled(run) ? ['bad', word] : ['off', `${word}, run again since`];
  }
  if ((failed ?? 0) > 0)
    return isTroubled(run)
      ? ['bad', `${figure(failed)} failed`]
      : ['ok', `${figure(failed)} failed, made good`];
  return wentOnWithout === null ? ['ok', 'Done'] : ['warn', 'Went on without'];
}

function endedText({ clock }: Visit, last: EndedFlowRun | undefined): Html {
  if (last === undefined) return html`<span class="sub">has not run yet</span>`;
  const [tone, word] = toneOfRun(last);
  return html`<a href="${runPath(last)}">${tag(tone, word)}</a>
    <span class="sub">${clock.when(last.closedAt)}</span>`;
}

const openWords = { running: 'Running', paused: 'Paused', cancelling: 'Cancelling' } as const;

function openText({ clock }: Visit, run: OpenFlowRun): Html {
  const share = run.loads === 0 ? '' : ` ${Math.floor((100 * run.done) / run.loads)} %`;
  const tone = run.status === 'paused' ? 'warn' : 'run';
  const word = `${openWords[run.status]}${share}`;
  return html`<a href="${runPath(run)}">${tag(tone, word)}</a>
    <span class="sub">since ${clock.when(run.startedAt)}</span>`;
}

function endedFigures(last: EndedFlowRun | undefined): Html {
  const took = last === undefined ? '' : durationText(last.closedAt.getTime() - last.startedAt.getTime());
  return figures([last?.symbols, last?.failed, last?.changed, last?.requests], took);
}

function openFigures({ now }: Visit, run: OpenFlowRun): Html {
  const symbols = run.loads === 0 ? null : run.loads;
  return figures([symbols, run.failed, null, null], durationText(now.getTime() - run.startedAt.getTime()));
}

function figures(counts: readonly (number | null | undefined)[], took: string): Html {
  const [symbols, failed, changed, requests] = counts.map((count) => figure(count ?? null));
  return html`<td class="num lo">${symbols}</td>
    <td class="num">${failed}</td>
    <td class="num lo">${changed}</td>
    <td class="num lo">${requests}</td>
    <td class="num lo">${took}</td>`;
}

const classes: Readonly<Record<Tone, string>> = { ok: 'o', warn: 'w', bad: 'b', run: 'r', off: 'n' };

/** The last runs, oldest first: a bar each, which leads to it. */
function strip({ clock }: Visit, ended: readonly EndedFlowRun[]): Html {
  if (ended.length === 0) return nothing;
  const bars = ended.toReversed().map((run) => {
    const [tone, word] = toneOfRun(run);
    const title = plainText(`${word}, ${clock.whenText(run.closedAt)}`);
    return html`<a
      href="${runPath(run)}"
      class="${classes[tone]}"
      title="${title}"
      aria-label="${title}"
    ></a>`;
  });
  const troubled = ended.filter(isTroubled).length;
  const label = `${counted(ended.length, 'run')}${troubled === 0 ? '' : `, ${troubled} of them with failures`}`;
  return html`<span class="strip" role="group" aria-label="${label}">${bars}</span>`;
}

function nextText({ clock, now }: Visit, flow: string, schedules: TemporalFigures | null): Html {
  const schedule = schedules?.nextRuns.find(({ id }) => id === flow);
  if (schedule === undefined) return nothing;
  if (schedule.paused) return tag('off', 'paused');
  if (schedule.nextRunAt === null) return nothing;
  const at = new Date(schedule.nextRunAt);
  return html`${clock.when(at)} <span class="sub">${untilText(at, now)}</span>`;
}
