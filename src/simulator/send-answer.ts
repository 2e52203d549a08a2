import type { ServerResponse } from 'node:http';
import type { Fault } from './faults/fault-script.ts';
import type { Answer } from './http/answer.ts';

/** Sends an answer, whole and at once unless one of the faults concerns the sending. */
export function sendAnswer(
  response: ServerResponse,
  answer: Answer,
  date: string,
  faults: readonly Fault[] = [],
): void {
  const body = Buffer.isBuffer(answer.body) ? answer.body : Buffer.from(answer.body);
  response.sendDate = false;
  const send = () => {
    response.writeHead(answer.status, {
      date,
      'content-type': answer.contentType,
      'content-length': body.length,
      ...answer.headers,
    });
    const fault = faults.find(({ kind }) => kind === 'drip' || kind === 'cut');
    if (fault?.kind === 'drip') drip(response, body, fault.chunkBytes, fault.everyMs);
    else if (fault?.kind === 'cut') cut(response, body, fault.afterBytes);
    else response.end(body);
  };
  const slow = faults.find(({ kind }) => kind === 'slow');
  if (slow?.kind === 'slow') later(response, slow.ms, send);
  else send();
}

/** Not when the client has gone by then. */
function later(response: ServerResponse, ms: number, action: () => void): void {
  const timer = setTimeout(action, ms);
  response.once('close', () => clearTimeout(timer));
}

function drip(response: ServerResponse, body: Buffer, chunkBytes: number, everyMs: number): void {
  let sent = 0;
  const timer = setInterval(() => {
    response.write(body.subarray(sent, sent + chunkBytes));
    sent += chunkBytes;
    if (sent < body.length) return;
    clearInterval(timer);
    response.end();
  }, everyMs);
  response.once('close', () => clearInterval(timer));
  response.flushHeaders();
}

/** Half of the body by default, then the connection is gone. */
function cut(response: ServerResponse, body: Buffer, afterBytes = Math.floor(body.length / 2)): void {
  response.flushHeaders();
  const first = body.subarray(0, Math.min(afterBytes, body.length - 1));
  response.write(first, () => response.destroy());
}
