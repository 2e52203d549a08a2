/** Pages that hear of one change ask within so many milliseconds. */
const togetherMs = 1_000;
/** So many different addresses; more are made each by itself. */
const most = 200;

/** Makes what several ask for at one time once. */
export function madeTogether<Value>(
  now: () => number,
): (key: string, make: () => Promise<Value>) => Promise<Value> {
  const made = new Map<string, { readonly at: number; readonly value: Promise<Value> }>();
  return (key, make) => {
    for (const [other, { at }] of made) if (now() - at >= togetherMs || made.size > most) made.delete(other);
    const known = made.get(key);
    if (known !== undefined) return known.value;
    const value = make();
    made.set(key, { at: now(), value });
    return value;
  };
}
