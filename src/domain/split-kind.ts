import type { CorporateActionKind } from './corporate-action.ts';
import type { SharesFor } from './possible-action.ts';

/** Stock dividends come as 103:100, spin-offs as 1281:1000 or 10000:9607. */
const largestTerm = 200;

/**
 * Lists of splits have spin-offs among them. A split is a ratio of which one term is 1 (4:1, 1:150), or of whole numbers
 * up to 200 (3:2, 103:100); what needs larger terms is a spin-off's price ratio.
 */
export function splitKind({ after, before }: SharesFor): CorporateActionKind {
  const [over, under] = wholeTerms(after, before);
  const divisor = greatestCommonDivisor(over, under);
  const isWhole = over === divisor || under === divisor;
  if (!isWhole && Math.max(over, under) > largestTerm) return 'spin_off';
  return after >= before ? 'split' : 'reverse_split';
}

/** 1.5:1 is 15:10; what six decimals do not make whole stays a ratio of large numbers. */
function wholeTerms(numerator: number, denominator: number): readonly [number, number] {
  for (let power = 1; power < 1e6; power *= 10) {
    const [over, under] = [Math.round(numerator * power), Math.round(denominator * power)];
    if (over / power === numerator && under / power === denominator) return [over, under];
  }
  return [Math.round(numerator * 1e6), Math.round(denominator * 1e6)];
}

function greatestCommonDivisor(a: number, b: number): number {
  let [divisor, rest] = [a, b];
  // No remainder is larger than 0 for ever, and none of what is no number.
  while (rest > 0) [divisor, rest] = [rest, divisor % rest];
  return divisor;
}
