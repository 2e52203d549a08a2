/** Yahoo refuses the crumb or the cookies: a fresh session may do. Never leaves this folder. */
export class StaleSession extends Error {
  override readonly name = 'StaleSession';
}
