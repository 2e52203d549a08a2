import { Option, type Command } from 'commander';
import { barFields } from '../domain/blocked.ts';
import { sourceNames } from '../domain/source.ts';
import { correctFinding, type AskedCorrection } from '../operations/correct-finding.ts';
import { clientIdentity } from '../temporal/connection.ts';
import { withStore } from './context.ts';
import { UsageError } from './errors.ts';
import { note, printJson } from './output.ts';
import { parseChoice, parseId, parseReason } from './parameters.ts';
import { jsonOption, type JsonOption } from './shared-options.ts';

interface CorrectOptions extends JsonOption {
  readonly field: string;
  readonly value?: string;
  readonly from?: string;
  readonly reason: string;
}

/** What a field of a bar should be, to who reads the consumer series. */
export function addCorrectCommand(quality: Command): void {
  quality
    .command('correct <id>')
    .description('what a field of the bar is in the consumer series; what was observed stays')
    .requiredOption('--field <field>', barFields.join(', '))
    .addOption(new Option('--value <number>', 'in the shares of that session'))
    .addOption(new Option('--from <source>', `the value of another source: ${sourceNames.join(' or ')}`))
    .requiredOption('--reason <text>', 'how you know it')
    .addOption(jsonOption)
    .action(correct);
}

async function correct(typed: string, options: CorrectOptions): Promise<void> {
  const id = parseId('finding', typed);
  const field = parseChoice('--field', options.field, barFields);
  const value = parseValue(options, field === 'volume');
  const asked = { field, value, reason: parseReason(options.reason), person: clientIdentity() };
  await withStore(async ({ store, config: { market } }) => {
    const { findingId, instrumentId: _id, ...correction } = await correctFinding(store, id, asked);
    if (options.json) {
      printJson({ finding: findingId, ...correction }, market);
      return;
    }
    const { symbol, session, source, observed, value: now, takenFrom } = correction;
    const whose = takenFrom === null ? '' : `, as ${takenFrom} has it`;
    note(`${symbol} ${session} of ${source}: ${field} ${observed} is ${now}${whose} in the consumer series`);
  });
}

/** A number, or the source to take it from; throws `UsageError` for both, neither, or what no bar can have. */
function parseValue({ value, from }: CorrectOptions, mayBeZero: boolean): AskedCorrection['value'] {
  if ((value === undefined) === (from === undefined))
    throw new UsageError(
      value === undefined
        ? 'it is not said what the field should be'
        : '--value and --from contradict each other',
      'give either --value with a number, or --from with a source',
    );
  if (from !== undefined) return { from: parseChoice('--from', from, sourceNames) };
  const text = value ?? '';
  const number = /^\d+(\.\d+)?([eE][+-]?\d{1,2})?$/.test(text) ? Number(text) : NaN;
  if (Number.isFinite(number) && (number > 0 || mayBeZero)) return number;
  throw new UsageError(
    `--value ${JSON.stringify(text.slice(0, 40))} is no ${mayBeZero ? 'volume' : 'price'}`,
    `write a number ${mayBeZero ? 'from 0 up' : 'above 0'}, such as 16.25`,
  );
}
