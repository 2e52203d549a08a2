/** How grave a finding is, the gravest in front. */
export const severities = ['error', 'warn', 'info'] as const;
export type Severity = (typeof severities)[number];
