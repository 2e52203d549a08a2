import { sessionsBetween } from '../../calendar/exchange-calendar.ts';
import { barFields } from '../../domain/blocked.ts';
import type { QualityRule } from '../../domain/quality-rule.ts';
import type { SessionDate } from '../../domain/session.ts';
import type { SourceName } from '../../domain/source.ts';
import type { ChangedBar, changeRules } from '../../store/changed-bars.ts';
import type { Finding } from '../../store/findings.ts';

/**
 * What has become of settled bars as findings, by instrument and session: sessions running that changed at once have one
 * cause, and are one finding.
 */
export function findingsOfChanges(
  source: SourceName,
  changed: readonly ChangedBar[],
  rules: readonly QualityRule[],
): readonly Finding[] {
  return groupsOf(changed).flatMap((bars): readonly Finding[] => {
    const [first, last] = [bars[0], bars.at(-1)];
    if (first === undefined || last === undefined || !rules.includes(ruleOf(first))) return [];
    const range = { from: first.session, to: last.session };
    return [
      {
        ...{ rule: ruleOf(first), severity: 'warn', source, interval: '1d', range },
        instrumentId: first.instrumentId,
        evidence:
          bars.length === 1
            ? evidenceOf(first)
            : { ...evidenceOf(last), bar: undefined, sessions: bars.length },
      },
    ];
  });
}

function ruleOf({ now }: ChangedBar): (typeof changeRules)[number] {
  return now === null ? 'withdrawn' : 'late_revision';
}

/** `bar` is what a person accepts. */
function evidenceOf({ was, now, until }: ChangedBar): object {
  const fields = now === null ? [] : barFields.filter((field) => was[field] !== now[field]);
  const changes = fields.map((field) => ({ field, was: was[field], value: now?.[field] }));
  return { bar: now ?? { was }, fields: changes, was, until };
}

function groupsOf(changed: readonly ChangedBar[]): readonly (readonly ChangedBar[])[] {
  const place = placesOf(changed);
  const groups: ChangedBar[][] = [];
  for (const bar of changed) {
    const group = groups.at(-1);
    const before = group?.at(-1);
    const isNext =
      before !== undefined &&
      before.instrumentId === bar.instrumentId &&
      before.until === bar.until &&
      ruleOf(before) === ruleOf(bar) &&
      place(bar.session) - place(before.session) === 1;
    if (isNext) group?.push(bar);
    else groups.push([bar]);
  }
  return groups;
}

/** Where a session stands among all between the first and the last. */
function placesOf(changed: readonly ChangedBar[]): (session: SessionDate) => number {
  const dates = changed.map(({ session }) => session).sort();
  const [from, to] = [dates[0], dates.at(-1)];
  if (from === undefined || to === undefined) return () => NaN;
  const places = new Map(sessionsBetween({ from, to }).map(({ session }, at) => [session, at]));
  return (session) => places.get(session) ?? NaN;
}
