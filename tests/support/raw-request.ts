import { request, type IncomingHttpHeaders } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';

export interface RawAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

interface RawWish {
  readonly method?: string;
  /** As it is sent: no dots are resolved. */
  readonly path?: string;
  /** Those of a browser are not added; an unset Host is that of the address. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Asks a server in so many words, which `fetch` does not let one choose. */
export function rawRequest(
  url: string,
  { method = 'GET', path = '/', headers = {}, body }: RawWish = {},
): Promise<RawAnswer> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const asking = request(
      { hostname: hostname.replace(/^\[|\]$/g, ''), port, method, path, headers: { ...headers } },
      (answer) => {
        text(answer).then(
          (said) => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: said }),
          reject,
        );
      },
    );
    asking.on('error', reject);
    asking.end(body);
  });
}

/** Sends bytes to a server, and returns what comes back until it closes, or is done with the first answer. */
export function rawBytes(url: string, bytes: string): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    let said = '';
    const socket = connect({ host: hostname, port: Number(port) }, () => socket.write(bytes));
    socket.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      if (said.includes('\r\n\r\n')) socket.destroy();
    });
    socket.on('error', reject);
    socket.on('close', () => resolve(said));
  });
}
