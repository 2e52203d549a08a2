/** What every session keeps to, whatever the server, the database or the role has set: its text is read by us. */
const settings: Readonly<Record<string, string>> = {
  DateStyle: 'ISO,YMD',
  IntervalStyle: 'postgres',
  TimeZone: 'UTC',
  // Floats as text with every digit that they have.
  extra_float_digits: '3',
  bytea_output: 'hex',
  // A backslash in a literal is a backslash, and NULL in an array is no word.
  standard_conforming_strings: 'on',
  array_nulls: 'on',
  // Statements here see what others have committed before them.
  default_transaction_isolation: 'read committed',
};

/**
 * A database URL as its URL and the start-up options of a session. Given with the first message of a connection they hold
 * before any statement and survive `reset all`; those of the URL itself come first, ours win.
 * `more` are those of one use.
 */
export function sessionOf(
  url: string,
  more: Readonly<Record<string, string>> = {},
): { readonly connectionString: string; readonly options: string } {
  const bare = new URL(url);
  const own = bare.searchParams.get('options');
  bare.searchParams.delete('options');
  const ours = Object.entries({ ...settings, ...more }).map(
    ([name, value]) => `-c ${name}=${value.replaceAll(' ', '\\ ')}`,
  );
  return { connectionString: bare.href, options: [...(own === null ? [] : [own]), ...ours].join(' ') };
}
