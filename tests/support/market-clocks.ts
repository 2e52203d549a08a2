/** The clocks of the markets that are served in this process, by where. */
const clocks = new Map<string, () => Date>();

/** Who asks the market at that address keeps its time from now on. */
export function keepTimeOf(url: string, clock: () => Date): void {
  clocks.set(url, clock);
}

/** The clock of the market at an address; that of this machine where none was told. */
export function clockAt(url: string): () => Date {
  return () => clocks.get(url)?.() ?? new Date();
}
