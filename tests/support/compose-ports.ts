import { findPort } from '../../src/runtime/ports.ts';

/** Ports of this machine, in place of those that each container has to itself. */
export interface PortsHere {
  readonly postgres: number;
  readonly temporal: number;
  readonly simulator: number;
  /** What one server opens for itself besides, by the variables of its configuration. */
  readonly inner: Readonly<Record<string, string>>;
}

const parts = ['FRONTEND', 'MATCHING', 'HISTORY', 'WORKER'];
const innerPorts = [
  'FRONTEND_HTTP_PORT',
  ...parts.flatMap((part) => [
    `${part}_MEMBERSHIP_PORT`,
    ...(part === 'FRONTEND' ? [] : [`${part}_GRPC_PORT`]),
  ]),
];

export async function portsHere(): Promise<PortsHere> {
  const taken = new Set<number>();
  const next = async (): Promise<number> => {
    const port = await findPort({ preferred: 0, strict: false }, '');
    if (taken.has(port)) return next();
    taken.add(port);
    return port;
  };
  const inner: Record<string, string> = {};
  for (const name of innerPorts) inner[name] = String(await next());
  return { postgres: await next(), temporal: await next(), simulator: await next(), inner };
}
