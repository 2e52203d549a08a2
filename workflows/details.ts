import { setCurrentDetails } from '@temporalio/workflow';

/** What Temporal's pages say of a workflow while it goes on. */
let shown = { text: 'opening', paused: false };

/** Says how far it is, or what has come of it. */
export function showDetails(text: string): void {
  shown = { ...shown, text };
  write();
}

/** Says that it stands still, or goes on. */
export function showPause(paused: boolean): void {
  shown = { ...shown, paused };
  write();
}

function write(): void {
  setCurrentDetails(shown.paused ? `paused; ${shown.text}` : shown.text);
}
