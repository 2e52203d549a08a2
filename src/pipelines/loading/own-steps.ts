import { ownDays } from '../../domain/foreign-bars.ts';
import type { SeriesAnswer } from '../../providers/provider.ts';
import type { IncomingSteps } from '../../store/adjusted-closes.ts';
import type { SeriesRequest } from '../../store/load-requests.ts';

/** What an answer tells of adjusted closes, on the days on which the ticker is the instrument's; null where that is nothing. */
export function ownSteps(
  asked: SeriesRequest,
  { adjusted, observedAt }: Pick<SeriesAnswer, 'adjusted' | 'observedAt'>,
): IncomingSteps | null {
  if (adjusted === undefined) return null;
  const { firstDay, lastDay } = ownDays(asked);
  // A step leads from one day into another: both have to be its own.
  const [first, last] = [Math.max(adjusted.first, firstDay + 1), Math.min(adjusted.last, lastDay)];
  if (first > last) return null;
  const steps = adjusted.steps.filter(({ day, before }) => before >= firstDay && day <= last);
  return { instrumentId: asked.instrumentId, observedAt, first, last, steps };
}
