/** What the promise was rejected with. */
export async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => {
      throw new Error('expected a failure');
    },
    (error: unknown) => error,
  );
}

/** Message, stack, own fields and causes. */
export function everythingIn(failure: unknown): string {
  if (!(failure instanceof Error)) return String(failure);
  return [failure.message, failure.stack, JSON.stringify(failure), everythingIn(failure.cause)].join('\n');
}
