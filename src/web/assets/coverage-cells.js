/** What a cell is, by its number. */
export const states = ['none', 'settled', 'provisional', 'absent', 'due', 'blocked'];
const [none, settled, provisional, absent, due, blocked] = states.keys();

/**
 * Reads a map as the server sends it: a head, and month by month the days of each symbol that are provisional, absent, due and
 * not expected. Returns the head, and of each symbol and session what the cell is, a byte each, symbol by symbol.
 */
export function decode(buffer) {
  const view = new DataView(buffer);
  const length = view.getUint32(0, true);
  const head = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, length)));
  const [symbols, sessions] = [head.symbols.length, head.sessions.length];
  const cells = new Uint8Array(symbols * sessions).fill(settled);
  // The lowest byte is first here as it is there: on all machines that browsers run on.
  const words = new Uint32Array(buffer, 4 + length);
  const columns = new Map(head.sessions.map((session, at) => [session, at]));
  let at = 0;
  for (const [month] of head.months) {
    const ofDay = Array.from({ length: 31 }, (_, day) =>
      columns.get(month.slice(0, 8) + String(day + 1).padStart(2, '0')),
    );
    for (const state of [provisional, absent, due, none])
      for (let row = 0; row < symbols; row += 1) {
        for (let mask = words[at++]; mask !== 0; mask &= mask - 1) {
          const column = ofDay[31 - Math.clz32(mask & -mask)];
          if (column !== undefined) cells[row * sessions + column] = state;
        }
      }
  }
  for (const [row, from, to] of head.blocked)
    for (const [session, column] of columns)
      if (session >= from && session <= to && cells[row * sessions + column] !== due)
        cells[row * sessions + column] = blocked;
  return { head, cells };
}

/** How many cells of each session are due, and of each symbol. */
export function dueCounts({ head, cells }) {
  const sessions = head.sessions.length;
  const bySession = new Uint32Array(sessions);
  const bySymbol = new Uint32Array(head.symbols.length);
  for (let at = 0, row = 0; row < bySymbol.length; row += 1)
    for (let column = 0; column < sessions; column += 1, at += 1)
      if (cells[at] === due) {
        bySession[column] += 1;
        bySymbol[row] += 1;
      }
  return { bySession, bySymbol };
}

/** The symbols in the order that is asked for, by their places. */
export function inOrder({ symbols, listed }, bySymbol, order) {
  const places = Array.from(symbols.keys());
  if (order === 'due') places.sort((one, other) => bySymbol[other] - bySymbol[one] || one - other);
  if (order === 'listed')
    places.sort((one, other) => {
      const [a, b] = [listed[one] ?? '', listed[other] ?? ''];
      return a < b ? -1 : a > b ? 1 : one - other;
    });
  return Uint32Array.from(places);
}
