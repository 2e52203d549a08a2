import { durationText } from '../../../operations/figures.ts';

const minuteMs = 60_000;

/** How far an instant is: `in 3 h 50 min`; `now` where it has passed. */
export function untilText(instant: Date, now: Date): string {
  const ms = Math.floor((instant.getTime() - now.getTime()) / minuteMs) * minuteMs;
  return ms < minuteMs ? 'now' : `in ${durationText(ms).replace(/ 0 (s|h)$/, '')}`;
}
