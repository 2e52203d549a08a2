import { defineSearchAttributeKey } from '@temporalio/common';
import type { WorkflowInfo } from '@temporalio/workflow';
import type { Occasion } from '../src/temporal/names.ts';

const tagsKey = defineSearchAttributeKey('Tags', 'KEYWORD_LIST');
const scheduled: Occasion = 'scheduled';

/** Who has started a run: a schedule, the person that the command line names, another run, or some client of Temporal. */
export function starterOfRun({ typedSearchAttributes, memo, parent }: WorkflowInfo): string {
  if (typedSearchAttributes.get(tagsKey)?.includes(scheduled) === true) return 'schedule';
  const person = memo?.startedBy;
  if (typeof person === 'string') return person;
  return parent === undefined ? 'a client' : 'another run';
}
