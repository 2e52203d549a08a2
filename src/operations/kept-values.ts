/** Keeps so many values by their keys, each as long as its version stays the same; who asks for one that is being made gets it. */
export function keptValues<Value>(
  most: number,
): (key: string, version: string, make: () => Promise<Value>) => Promise<Value> {
  const kept = new Map<string, { readonly version: string; readonly value: Promise<Value> }>();
  return (key, version, make) => {
    const known = kept.get(key);
    if (known?.version === version) return known.value;
    const value = make();
    kept.delete(key);
    kept.set(key, { version, value });
    const [oldest] = kept.keys();
    if (kept.size > most && oldest !== undefined) kept.delete(oldest);
    // What could not be made is made again for the next.
    value.catch(() => {
      if (kept.get(key)?.value === value) kept.delete(key);
    });
    return value;
  };
}
