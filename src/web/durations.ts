const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

/** How long something took: `41 s`, `5 min 9 s`, `2 h 8 min`, `3 d 4 h`. */
export function duration(ms: number): string {
  const total = Math.max(0, Math.round(ms / 1000));
  const [seconds, minutes, hours, days] = [
    total % 60,
    Math.floor(total / 60) % 60,
    Math.floor(total / 3600) % 24,
    Math.floor(total / 86_400),
  ];
  if (days > 0) return both(`${days} d`, hours, 'h');
  if (hours > 0) return both(`${hours} h`, minutes, 'min');
  return minutes > 0 ? both(`${minutes} min`, seconds, 's') : `${seconds} s`;
}

function both(first: string, second: number, unit: string): string {
  return second === 0 ? first : `${first} ${second} ${unit}`;
}

/** How far an instant is: `in 3 h 50 min`; `now` where it has passed. */
export function untilText(instant: Date, now: Date): string {
  const ms = instant.getTime() - now.getTime();
  if (ms < minuteMs) return 'now';
  return `in ${duration(ms < hourMs ? Math.floor(ms / minuteMs) * minuteMs : Math.floor(ms / minuteMs) * minuteMs)}`;
}
