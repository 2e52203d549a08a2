import { defineSearchAttributeKey } from '@temporalio/common';
import type { WorkflowInfo } from '@temporalio/workflow';
import { anotherRun, type Occasion } from '../src/temporal/names.ts';

const tagsKey = defineSearchAttributeKey('Tags', 'KEYWORD_LIST');
const scheduled: Occasion = 'scheduled';

/** Who has started a run: a schedule, the person that the command line names, another run, or some client of Temporal. */
export function starterOfRun({ typedSearchAttributes, memo, parent }: WorkflowInfo): string {
  // What a scheduled run has done beside it has the tags of that one.
  if (memo?.startedBy === anotherRun) return anotherRun;
  if (typedSearchAttributes.get(tagsKey)?.includes(scheduled) === true) return 'schedule';
  const person = memo?.startedBy;
  if (typeof person === 'string') return person;
  return parent === undefined ? 'a client' : anotherRun;
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The run id of the run that had this one done, where it is one's; null: nobody says so. */
export function parentOfRun({ memo }: WorkflowInfo): string | null {
  const parent = memo?.parentRunId;
  return typeof parent === 'string' && uuid.test(parent) ? parent : null;
}
