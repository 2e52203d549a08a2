/** An HTTP answer before it is sent. */
export interface Answer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
}

/** An answer whose body is JSON text already. */
export function jsonText(status: number, body: string | Buffer): Answer {
  return { status, contentType: 'application/json', body };
}

/** An answer with that value as JSON. */
export function json(status: number, value: unknown): Answer {
  return jsonText(status, JSON.stringify(value));
}
