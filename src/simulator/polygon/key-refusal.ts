import type { Answer } from '../http/answer.ts';
import { unauthorized } from './polygon-errors.ts';

/** The refusal of a request by its `Authorization` header, null where it is let in; any key does where none is set. */
export function keyRefusal(
  authorization: string | undefined,
  apiKey: string | undefined,
  requestId: string,
): Answer | null {
  if (authorization === undefined) return unauthorized(requestId, false);
  if (apiKey !== undefined && authorization !== `Bearer ${apiKey}`) return unauthorized(requestId, true);
  return null;
}
