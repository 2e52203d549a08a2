import type { CellState } from '../../domain/gap.ts';

const texts: Readonly<Record<CellState, string>> = {
  settled: 'settled: the bar is final',
  provisional: 'provisional: the bar may still move',
  never_asked: 'due: no answer has said anything of it',
  provider_fault: "due: the provider's fault, left out of an answer, or there at another source",
  quarantined: 'due: the row that came was refused',
  not_yet: 'due: not final yet',
  no_trade: 'absent: no trade, or a halt, which cannot be told from it',
  not_listed: 'not expected: before the listing',
  delisted: 'not expected: after the last day',
  history_floor: 'due: older than what the source keeps',
};

/** The class of a gap in a word or two. */
export function reasonName(state: CellState): string {
  return state.replaceAll('_', ' ');
}

/** Why a cell is as it is, in words; the class is as `coverage --json` names it. */
export function reasonText(state: CellState): string {
  return texts[state];
}
