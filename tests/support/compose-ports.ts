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

export const freePort = () => findPort({ preferred: 0, strict: false }, '');

export async function portsHere(): Promise<PortsHere> {
  const inner: Record<string, string> = {};
  for (const name of innerPorts) inner[name] = String(await freePort());
  return { postgres: await freePort(), temporal: await freePort(), simulator: await freePort(), inner };
}
