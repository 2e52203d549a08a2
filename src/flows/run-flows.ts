import type { z } from 'zod';
import type { AnyRequest } from '../runs/run.ts';
import type { Flow } from './flow.ts';
import { flows } from './index.ts';
import { sideFlows } from './side-flows.ts';

/** Whatever has runs in the ledger, by the name that they are listed under. */
const runFlows: ReadonlyMap<string, Flow<z.ZodObject, AnyRequest>> = new Map(
  Object.entries({ ...flows, ...sideFlows }),
);

/** The names that runs are listed under: those of the flows first. */
export const runFlowNames: readonly string[] = [...runFlows.keys()];

/** What the runs of a name are of; null: there are none. */
export function runFlowOf(name: string): Flow<z.ZodObject, AnyRequest> | null {
  return runFlows.get(name) ?? null;
}
