import type { Session } from './session.ts';

const hourMs = 3_600_000;

/** The hours of a session's regular part, counted from its open, the last one cut at the close: when each begins and ends, epoch milliseconds. */
export function hoursOf({
  opensAt,
  closesAt,
}: Session): readonly { readonly fromMs: number; readonly toMs: number }[] {
  const [opens, closes] = [Date.parse(opensAt), Date.parse(closesAt)];
  return Array.from({ length: Math.ceil((closes - opens) / hourMs) }, (_, index) => ({
    fromMs: opens + index * hourMs,
    toMs: Math.min(opens + (index + 1) * hourMs, closes),
  }));
}
