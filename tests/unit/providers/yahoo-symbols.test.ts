import { expect, test } from 'vitest';
import { RequestRefused } from '../../../src/domain/provider-errors.ts';
import { yahooSymbol } from '../../../src/providers/yahoo/symbols.ts';

test.each([
  ['AAPL', 'AAPL'],
  ['BRK.B', 'BRK-B'],
  ['MKC.V', 'MKC-V'],
  ['BACpL', 'BAC-PL'],
  ['KIMp', 'KIM-P'],
  ['ACHR.WS', 'ACHR-WT'],
  ['AAM.WS.A', 'AAM-WTA'],
  ['AAC.U', 'AAC-UN'],
  ['XYZr', 'XYZ-RI'],
  ['XYZw', 'XYZ-WI'],
  ['BRK-B', 'BRK-B'],
  ['^VXAPL', '^VXAPL'],
  ['EURUSD=X', 'EURUSD=X'],
  ['OCDO.L', 'OCDO.L'],
  ['7203.T', '7203.T'],
  ['WSU.DE', 'WSU.DE'],
])('%s is %s at Yahoo', (symbol, written) => {
  expect(yahooSymbol(symbol)).toBe(written);
});

test.each([
  '',
  '.',
  '..',
  '../../v7',
  '..%2F..%2Fv7',
  'AAPL?x=1',
  'AAPL#x',
  'AAPL/MSFT',
  'AAPL MSFT',
  'AAPL,MSFT',
  'AAPL\nMSFT',
  'aapl',
  'XYZpLw',
  'ÄÖÜ',
  'ABCDEFGHIJKLMNOPQRSTU',
])('%j is refused', (symbol) => {
  expect(() => yahooSymbol(symbol)).toThrow(RequestRefused);
});
