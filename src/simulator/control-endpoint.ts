import type { IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { BadFaultScript } from './faults/fault-script.ts';
import { json, jsonText, type Answer } from './http/answer.ts';
import type { RequestLog } from './request-log.ts';

/** What the control endpoints reach. */
export interface Controls {
  readonly log: RequestLog;
  readonly setFaults: (script: unknown) => void;
}

/** `/simulator/...`: for witnesses and directors outside of the process; needs no key and is not logged. */
export async function answerControl(
  request: IncomingMessage,
  path: string,
  { log, setFaults }: Controls,
): Promise<Answer> {
  switch (`${request.method} ${path}`) {
    case 'GET /simulator/requests':
      return json(200, log.report());
    case 'DELETE /simulator/requests':
      log.clear();
      return jsonText(200, '{}');
    case 'POST /simulator/faults':
      return setScript(await text(request), setFaults);
    default:
      return json(404, { error: `no such control: ${request.method} ${path}` });
  }
}

function setScript(body: string, setFaults: Controls['setFaults']): Answer {
  try {
    setFaults(JSON.parse(body));
    return jsonText(200, '{}');
  } catch (error) {
    if (error instanceof BadFaultScript) return json(400, { error: error.message });
    if (error instanceof SyntaxError) return json(400, { error: 'fault script: not JSON' });
    throw error;
  }
}
