import type { QualityRule } from '../domain/quality-rule.ts';

/** What two sources' bars of one symbol are held against each other for, in words, with the thresholds. */
export const comparingRuleTexts: readonly { readonly id: QualityRule; readonly says: string }[] = [
  {
    id: 'disagreement',
    says: 'a field more than four times its tolerance away from that of another source: warn',
  },
  {
    id: 'basis',
    says: 'prices at a constant ratio to those of another source, over three sessions or more: warn',
  },
  { id: 'shifted', says: "prices that are another source's of the session before or after: warn" },
  {
    id: 'wrong_company',
    says: 'all four prices a tenth or more away from those of another source, over three sessions or more, at no constant ratio: warn',
  },
];
