/** A URL without its password, query and fragment, any of which may hold a secret: for messages and pages. */
export function bareUrl(url: string): string {
  const bare = new URL(url);
  [bare.password, bare.search, bare.hash] = ['', '', ''];
  return bare.href;
}

/** Parameters that say who one is, not where. */
const telling = /pass|secret|token|key|credential/i;

/** What of a URL is secret: its password, decoded, and such parameters of its query. */
export function secretsOfUrl(url: string): readonly string[] {
  const { password, searchParams } = new URL(url);
  const asked = [...searchParams].flatMap(([name, value]) => (telling.test(name) ? value : []));
  return [decoded(password), ...asked].filter((secret) => secret !== '');
}

function decoded(password: string): string {
  try {
    return decodeURIComponent(password);
  } catch {
    // It was written without encoding, and is what it says.
    return password;
  }
}
