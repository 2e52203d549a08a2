import type { OpenFindings } from '../../store/open-findings.ts';
import type { Attention, AttentionFacts } from './attention.ts';

/** What was found wrong and waits: errors, which keep bars from being used, before warnings. */
export function findingLines({ findings }: AttentionFacts): readonly Attention[] {
  return (findings ?? []).map(lineOf);
}

function lineOf({ rule, severity, count, since, instruments, symbols, id }: OpenFindings): Attention {
  const others = instruments - symbols.length;
  const isError = severity === 'error';
  const found =
    count === 1 ? `1 ${isError ? 'error' : 'warning'}` : `${count} ${isError ? 'errors' : 'warnings'}`;
  return {
    ...{ urgency: isError ? 'bad' : 'warn', kind: 'Finding', since, place: null, cells: count },
    what: `${found} of the rule ${rule}`,
    where:
      symbols.length === 0
        ? 'the whole source'
        : `${symbols.join(', ')}${others > 0 ? ` and ${others} more` : ''}`,
    next: 'look and decide',
    command: count === 1 ? `barwright quality inspect ${id}` : `barwright quality --severity ${severity}`,
  };
}
