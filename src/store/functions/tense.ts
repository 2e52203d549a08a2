/** Whether a function reads what is known now, or what was known at an instant, which is its last argument then. */
export interface Tense {
  /** Behind the parameters of a function. */
  readonly parameter: string;
  /** Behind the arguments of a call of another function of the same tense. */
  readonly argument: string;
  /** The rows of a table of which versions are kept, by the name that its history has. */
  readonly rows: (table: string, name: string) => string;
  /** The findings of instruments; an expression of their ids. */
  readonly findings: (instruments: string) => string;
  /** Whether a bar was settled. */
  readonly settled: string;
}

const now: Tense = {
  parameter: '',
  argument: '',
  rows: (table) => `market.${table}`,
  findings: () => 'market.quality_findings',
  settled: 'bar.settled',
};

const asOf: Tense = {
  parameter: ', as_of timestamptz',
  argument: ', as_of',
  rows: (_table, name) => `(select * from market.${name}_history
    where known_from <= as_of and (known_until is null or known_until > as_of))`,
  findings: (instruments) => `market.findings_as_of(${instruments}, as_of)`,
  settled: '(bar.settled and (bar.settled_at is null or bar.settled_at <= as_of))',
};

/** One text, two functions of one name: what is true of now is true of any instant. */
export function inBothTenses(text: (tense: Tense) => string): string {
  return [now, asOf].map(text).join('\n');
}
