import type { Command } from 'commander';
import { loadConfig } from '../config.ts';
import { severities } from '../domain/severity.ts';
import { settleFinding } from '../operations/settle-finding.ts';
import { settleQuarantined } from '../operations/settle-quarantined.ts';
import type { Store } from '../store/database.ts';
import {
  findingStatuses,
  readFindings,
  type FindingsWish,
  type StoredFinding,
} from '../store/read-findings.ts';
import type { SaidOfFinding } from '../store/say-of-finding.ts';
import { clientIdentity } from '../temporal/connection.ts';
import { addAgreementCommand } from './agreement.ts';
import { withStore } from './context.ts';
import { addCorrectCommand } from './correct.ts';
import { findInstruments } from './find-instrument.ts';
import { note, printJson, printTable } from './output.ts';
import { parseChoice, parseId, parseReason, parseSymbols } from './parameters.ts';
import { jsonOption, type JsonOption } from './shared-options.ts';
import { inspectFinding } from './show-finding.ts';
import { addTableOptions, chosenColumns, type Column, type TableOptions } from './table/column.ts';
import { spanText } from './table/run-texts.ts';
import { wallClock } from '../operations/wall-clock.ts';

/** What was found wrong, and what a person says of it. */
export function addQualityCommand(program: Command): void {
  const quality = addTableOptions(program.command('quality'))
    .description('what was found wrong in the data, and what became of it')
    .enablePositionalOptions()
    .option('--symbols <list>', 'of these symbols only')
    .option('--severity <severity>', severities.join(', '))
    .option('--status <status>', findingStatuses.join(', '))
    .addOption(jsonOption)
    .action(list);
  addTableOptions(quality.command('inspect <id>'))
    .description('one finding: its evidence, and what became of it, when, by whom and why')
    .addOption(jsonOption)
    .action(inspectFinding);
  quality
    .command('accept <id>')
    .description('it is known and right as it is; found with other evidence it is open again')
    .requiredOption('--reason <text>', 'how you know it')
    .addOption(jsonOption)
    .action(saying('accepted'));
  quality
    .command('release <id>')
    .description('a record in quarantine is right: it is stored as it was observed')
    .requiredOption('--reason <text>', 'how you know it')
    .addOption(jsonOption)
    .action(settling('released'));
  quality
    .command('reject <id>')
    .description('a record in quarantine is wrong, and not asked for again')
    .requiredOption('--reason <text>', 'how you know it')
    .addOption(jsonOption)
    .action(settling('rejected'));
  quality
    .command('reopen <id>')
    .description('it is not as accepted or repaired as it was said to be')
    .requiredOption('--reason <text>', 'how you know it')
    .addOption(jsonOption)
    .action(saying('open'));
  addCorrectCommand(quality);
  addAgreementCommand(quality);
}

interface ListOptions extends JsonOption, TableOptions {
  readonly symbols?: string;
  readonly severity?: string;
  readonly status?: string;
}

async function list({ symbols, severity, status, json, ...options }: ListOptions): Promise<void> {
  const { displayTimeZone: zone } = loadConfig();
  const columns = columnsIn(zone);
  const choice = chosenColumns(columns, options);
  const names = symbols === undefined ? null : parseSymbols(symbols);
  const wish: Omit<FindingsWish, 'instrumentIds'> = {
    severity: severity === undefined ? null : parseChoice('--severity', severity, severities),
    status: status === undefined ? null : parseChoice('--status', status, findingStatuses),
  };
  await withStore(async ({ store: { db }, config: { market } }) => {
    const instruments = names === null ? null : await findInstruments(db, names);
    const instrumentIds = instruments?.map(({ id }) => id) ?? null;
    const findings = await readFindings(db, { ...wish, instrumentIds });
    if (json) printJson({ findings }, market);
    else printTable({ title: titleOf(findings, zone), market, columns, rows: findings }, choice);
  });
}

function titleOf(findings: readonly StoredFinding[], zone: string): string {
  const counts = findingStatuses.map(
    (status) => `${findings.filter((one) => one.status === status).length} ${status}`,
  );
  return `findings: ${counts.join(', ')}; times of ${zone}`;
}

function columnsIn(zone: string): readonly Column<StoredFinding>[] {
  const { minute } = wallClock(zone);
  return [
    { name: 'id', cell: ({ id }) => id, right: true },
    { name: 'status', cell: ({ status }) => status },
    { name: 'severity', cell: ({ severity }) => severity },
    { name: 'rule', cell: ({ rule }) => rule, least: 14 },
    { name: 'symbol', cell: ({ symbol }) => symbol },
    { name: 'sessions', cell: ({ from, to }) => spanText({ from, to }) },
    { name: 'source', cell: ({ source }) => source, rank: 2 },
    { name: 'interval', cell: ({ interval }) => interval, rank: 3 },
    { name: 'evidence', cell: ({ evidence }) => JSON.stringify(evidence), rank: 2, least: 20 },
    { name: 'found', cell: ({ foundAt }) => minute(foundAt), rank: 3 },
    { name: 'seen', cell: ({ seenAt }) => minute(seenAt), rank: 3 },
    { name: 'why', cell: ({ reason }) => reason, rank: 3, least: 16 },
  ];
}

interface ReasonOptions extends JsonOption {
  readonly reason: string;
}

type Said = Pick<SaidOfFinding, 'person' | 'reason'>;

/** A command that says something of a finding, with a reason. */
function said(say: (store: Store, id: number, said: Said) => Promise<StoredFinding>, of: string) {
  return async (typed: string, { reason: written, json }: ReasonOptions): Promise<void> => {
    const id = parseId('finding', typed);
    const reason = parseReason(written);
    await withStore(async ({ store, config: { market } }) => {
      const finding = await say(store, id, { reason, person: clientIdentity() });
      if (json) printJson(finding, market);
      else note(`finding ${id} is ${finding.status}${of}: ${finding.reason ?? 'nobody said why'}`);
    });
  };
}

function saying(status: SaidOfFinding['status']) {
  return said((store, id, words) => settleFinding(store, id, { ...words, status }), '');
}

function settling(as: 'released' | 'rejected') {
  const of = as === 'released' ? ', its record is stored' : ', its record is not asked for again';
  return said((store, id, words) => settleQuarantined(store, id, { ...words, as }), of);
}
