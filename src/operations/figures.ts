const grouped = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

/** A count or volume with separators. */
export function countText(count: number | null): string | null {
  return count === null ? null : grouped.format(count);
}

/** A time taken, in its two largest units. */
export function durationText(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  const [days, hours, minutes] = [
    Math.floor(seconds / 86_400),
    Math.floor(seconds / 3600) % 24,
    Math.floor(seconds / 60) % 60,
  ];
  if (days > 0) return `${days} d ${hours} h`;
  if (hours > 0) return `${hours} h ${minutes} min`;
  if (minutes > 0) return `${minutes} min ${seconds % 60} s`;
  return `${seconds} s`;
}
