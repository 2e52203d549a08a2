const deepest = 6;

/** What a log line holds, with its errors, at any depth, as plain objects: JSON would make `{}` of them. */
export function presentable(value: unknown, depth = 0, above: readonly unknown[] = []): unknown {
  if (typeof value === 'bigint') return value.toString();
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  if (depth >= deepest || above.includes(value)) return '...';
  const within = (part: unknown) => presentable(part, depth + 1, [...above, value]);
  if (value instanceof Error) return errorFields(value, within);
  if (Array.isArray(value)) return value.map(within);
  if (ArrayBuffer.isView(value)) return `${value.byteLength} bytes`;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, within(part)]));
}

function errorFields(error: Error, within: (part: unknown) => unknown): object {
  const { name, message, stack, cause } = error;
  const own = Object.entries(error).filter(
    ([field]) => !['name', 'message', 'stack', 'cause'].includes(field),
  );
  const errors: unknown = error instanceof AggregateError ? error.errors : undefined;
  return {
    ...{ kind: name, message, stack },
    ...Object.fromEntries(own.map(([field, part]) => [field, within(part)])),
    ...(errors === undefined ? {} : { errors: within(errors) }),
    ...(cause === undefined ? {} : { cause: within(cause) }),
  };
}
