import {
  defineSearchAttributeKey,
  TypedSearchAttributes,
  type SearchAttributePair,
} from '@temporalio/common';
import type { FlowFace } from '../flows/flow.ts';

/** Typed search attributes, registered on the server before the first run. */
export const searchAttributes = {
  Tags: 'KeywordList',
  Pipeline: 'Keyword',
  Provider: 'Keyword',
  SessionDate: 'Keyword',
  Symbols: 'Keyword',
  Outcome: 'Keyword',
} as const;

/** Marks a schedule as ours in its memo: `--prune` removes nobody else's. */
export const scheduleOwner = 'barwright';

/** How a run ended, to list runs by; those that were cancelled have none. */
export type Outcome = 'ok' | 'partial' | 'failed';

export function outcomeAttribute(outcome: Outcome): SearchAttributePair {
  return { key: defineSearchAttributeKey('Outcome', 'KEYWORD'), value: outcome };
}

export type Occasion = 'scheduled' | 'on-demand';

type Tagged = Pick<FlowFace, 'name' | 'pool' | 'subject'>;

export function tagsFor({ pool, subject }: Tagged, occasion: Occasion): string[] {
  return [pool, subject, occasion];
}

/** Those of a run that what it starts beside itself has as well. */
export function inherited(attributes: readonly SearchAttributePair[]): SearchAttributePair[] {
  const names: readonly string[] = ['Pipeline', 'Provider', 'Tags', 'SessionDate'];
  return attributes.filter(({ key }) => names.includes(key.name));
}

/** The search attributes of a flow: its schedule has them, and each of its runs. */
export function flowAttributes(flow: Tagged, occasion: Occasion): SearchAttributePair[] {
  return [
    { key: defineSearchAttributeKey('Pipeline', 'KEYWORD'), value: flow.name },
    { key: defineSearchAttributeKey('Provider', 'KEYWORD'), value: flow.subject },
    { key: defineSearchAttributeKey('Tags', 'KEYWORD_LIST'), value: tagsFor(flow, occasion) },
  ];
}

/** What a run is for: the last of its sessions, and whose bars in brief, where it is about bars. */
interface RunSubject {
  readonly session: string;
  readonly symbols: string | null;
}

/** The search attributes of a run. */
export function runAttributes(
  flow: Tagged,
  { session, symbols }: RunSubject,
  occasion: Occasion,
): SearchAttributePair[] {
  const sessionDate = { key: defineSearchAttributeKey('SessionDate', 'KEYWORD'), value: session };
  const whose =
    symbols === null ? [] : [{ key: defineSearchAttributeKey('Symbols', 'KEYWORD'), value: symbols }];
  return [...flowAttributes(flow, occasion), sessionDate, ...whose];
}

/** The memo of a run: what it is, and who has started it. */
export function runMemo({ description, pool }: Pick<FlowFace, 'description' | 'pool'>, startedBy: string) {
  return { description, pool, startedBy };
}

/** Who has started what a run has done beside it. */
export const anotherRun = 'another run';

/** The memo of a run that another one has started: by its run id it is found in the ledger. */
export function childMemo(flow: Pick<FlowFace, 'description' | 'pool'>, parentRunId: string) {
  return { ...runMemo(flow, anotherRun), parentRunId };
}

/**
 * Behind the deadlines of a run, which leave pauses out and are no use where its code or its task queue hangs: nothing
 * goes on in Temporal for longer.
 */
export const longestExecution = '90 days';

/** What Temporal's pages say of work that a command has done beside the flows, what it is found by, and who had it done. */
export function workFace(work: Tagged, staticSummary: string, startedBy: string) {
  const typedSearchAttributes = new TypedSearchAttributes(flowAttributes(work, 'on-demand'));
  return {
    staticSummary,
    typedSearchAttributes,
    memo: { startedBy },
    workflowExecutionTimeout: longestExecution,
  } as const;
}
