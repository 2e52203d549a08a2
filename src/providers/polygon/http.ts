import type { z } from 'zod';
import {
  BrokenPaging,
  MalformedResponse,
  ProviderUnavailable,
  Unauthorized,
} from '../../domain/provider-errors.ts';
import { exchange, type ExchangeDeps, type Reply } from '../http-exchange.ts';
import type { RequestOptions } from '../provider.ts';
import { endpointOf, isOwnHost } from './addresses.ts';
import { refusal, type RequestSubject } from './refusal.ts';
import { envelope } from './wire.ts';

/** How Polygon is reached, and with which key. */
export interface PolygonAccess extends ExchangeDeps {
  readonly baseUrl: string;
  readonly apiKey: string;
}

/** A checked document, and when it was true. */
export interface CheckedAnswer<T> {
  readonly body: T;
  /** ISO 8601, by the provider's clock where it tells and is believed. */
  readonly observedAt: string;
}

interface Document<T> {
  readonly schema: z.ZodType<T>;
  readonly asked: RequestSubject;
}

/** Asks for one JSON document. Throws a `ProviderError`; a cancellation by the caller is thrown on as it is. */
export async function getJson<T>(
  deps: PolygonAccess,
  { url, ...document }: Document<T> & { readonly url: URL },
  options: RequestOptions,
): Promise<CheckedAnswer<T>> {
  requireOwnHost(deps, url);
  // A redirect could lead the key elsewhere: none is followed.
  const init = { headers: requestHeaders(deps) };
  const read = (reply: Reply) => readDocument(deps, reply, document);
  return exchange(deps, { provider: 'polygon', endpoint: endpointOf(url), url, init, read }, options);
}

function readDocument<T>(
  { apiKey }: PolygonAccess,
  reply: Reply,
  { schema, asked }: Document<T>,
): CheckedAnswer<T> {
  const { status: code, text, observedAt } = reply;
  const refused = (body: unknown) => refusal(reply, body, { asked, secret: apiKey });
  if (code < 200 || code >= 300) throw refused(parsed(text));
  const body = parsed(withoutKey(text, apiKey));
  if (body === undefined) throw new ProviderUnavailable('HTML or a cut body in place of JSON');
  const { status } = envelope.safeParse(body).data ?? {};
  if (status === 'ERROR' || status === 'NOT_AUTHORIZED' || status === 'NOT_FOUND') throw refused(body);
  const result = schema.safeParse(body);
  if (result.success) return { body: result.data, observedAt };
  const places = result.error.issues
    .slice(0, 3)
    .map(({ path }) => (path.length === 0 ? 'the document' : path.join('.')));
  throw new MalformedResponse(`not what the documentation says at ${places.join(', ')}`);
}

/** No key is shorter; what is may stand anywhere by chance. */
const shortestKey = 12;

/** An answer that repeats the key would bring it among the evidence. */
function withoutKey(text: string, apiKey: string): string {
  return apiKey.length >= shortestKey && text.includes(apiKey) ? text.replaceAll(apiKey, '***') : text;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** The key goes to the configured host, and to no other but the provider's second name for it. */
function requireOwnHost(deps: PolygonAccess, url: URL): void {
  if (!isOwnHost(deps, url)) throw new BrokenPaging(`the next page lies on another host, ${url.host}`);
}

/** A key that no header can carry is refused here: the error of `Headers` would repeat it. */
function requestHeaders({ apiKey }: PolygonAccess): Headers {
  if (apiKey === '') throw new Unauthorized('no key is set');
  try {
    return new Headers({ authorization: `Bearer ${apiKey}`, accept: 'application/json' });
  } catch {
    throw new Unauthorized('the key has characters that cannot be sent');
  }
}
