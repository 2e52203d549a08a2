/** Where a run is shown. */
export function runHref({ runId }: { readonly runId: string }): string {
  return `/runs/${encodeURIComponent(runId)}`;
}

/** A page with a choice in its URL; what is empty is left out. */
export function hrefOf(path: string, query: Readonly<Record<string, string | null>>): string {
  const chosen = Object.entries(query).filter((entry): entry is [string, string] => Boolean(entry[1]));
  const text = new URLSearchParams(chosen).toString();
  return text === '' ? path : `${path}?${text}`;
}
