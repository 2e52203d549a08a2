import { ProviderUnavailable } from '../../domain/provider-errors.ts';

const yahooHosts = new Set([
  'query1.finance.yahoo.com',
  'query2.finance.yahoo.com',
  'finance.yahoo.com',
  'guce.yahoo.com',
  'consent.yahoo.com',
]);

/**
 * Where a request goes: to Yahoo's own hosts, or to the one that stands for them all. Cookies and crumb go to
 * no other; the library would follow a redirect anywhere.
 */
export function destination(address: URL, baseUrl: string | null): URL {
  const base = baseUrl === null || yahooHosts.has(new URL(baseUrl).host) ? null : new URL(baseUrl);
  if (base !== null && address.origin === base.origin) return address;
  if (address.protocol !== 'https:' || !yahooHosts.has(address.host))
    throw new ProviderUnavailable('a redirect leads to a host that is not the provider’s');
  if (base === null) return address;
  const path = `${base.pathname.replace(/\/+$/, '')}${address.pathname}`;
  return new URL(`${path}${address.search}`, base.origin);
}
