import { createHash } from 'node:crypto';
import type { MarketSource } from '../market/market-source.ts';
import type { SimulatedAction } from '../market/simulated-action.ts';

/** An action as one entry of a list; a duplicate is a second entry. */
export interface BookEntry {
  readonly symbol: string;
  readonly action: SimulatedAction;
  readonly copy: number;
}

/** The actions of a whole market by symbol and ex-date, gathered when they are first asked for. */
export interface ActionBook {
  of(symbol: string): readonly BookEntry[];
  all(): readonly BookEntry[];
}

export function createActionBook(source: MarketSource): ActionBook {
  let everything: readonly BookEntry[] | null = null;
  const of = (symbol: string) =>
    source.actions(symbol).flatMap((action): readonly BookEntry[] => {
      const listed = { symbol, action, copy: 0 };
      return action.news.duplicate === true ? [listed, { ...listed, copy: 1 }] : [listed];
    });
  return {
    of,
    all: () => (everything ??= source.instruments.flatMap(({ symbol }) => of(symbol))),
  };
}

/** The provider's own key: `E` and 64 hexadecimal digits, always the same for the same entry. */
export function idOf({ symbol, action: { kind, exDate, amount, terms }, copy }: BookEntry): string {
  const text = [symbol, kind, exDate, amount ?? '', terms?.to ?? '', terms?.from ?? '', copy].join('|');
  return `E${createHash('sha256').update(text).digest('hex')}`;
}
