import { sql } from 'kysely';
import type { CorporateAction } from '../domain/corporate-action.ts';
import { unknownBasis } from '../domain/split-basis.ts';

export interface IncomingAction extends CorporateAction {
  readonly instrumentId: number;
  /** What its source calls the instrument; absent: as everybody does. */
  readonly ticker?: string | null;
  /** ISO 8601. */
  readonly observedAt: string;
}

/** Cash that a source has split-adjusted, brought back to what was paid a share of the ex-date; null where that cannot be told. */
function asPaid(record: 'told' | 'known', ratio: 'share_ratio' | 'possible_ratio') {
  const amount = sql.ref(record === 'told' ? 'told.amount' : 'known.told_amount');
  const [instrument, exDate, basis] = ['instrument_id', 'ex_date', 'amount_basis'].map((column) =>
    sql.ref(`${record}.${column}`),
  );
  const spinOffs = ratio === 'share_ratio' ? sql`, true` : sql``;
  return sql`case when ${basis} is null then ${amount} when ${basis} = ${unknownBasis}::date then null
    else ${amount} * market.${sql.raw(ratio)}(${instrument}, ${exDate}, ${basis}${spinOffs}) end`;
}

/** What a source tells, as rows with what they come to as `paid`; of two under one key the one told later. */
export function incomingRows(actions: readonly IncomingAction[]) {
  return sql`
    select distinct on (coalesce(provider_id, ''), instrument_id, kind, ex_date, coalesce(dividend_type, ''))
      told.*, ${asPaid('told', 'share_ratio')} as paid, ${asPaid('told', 'possible_ratio')} as possibly_paid
    from jsonb_to_recordset(${JSON.stringify(actions.map(rowOf))}::jsonb) as told(place int, instrument_id int, ticker text,
      provider_id text, kind text, ex_date date, ratio float8, amount float8, amount_basis date, adjusted_amount float8,
      currency text, dividend_type text, frequency int, declared_on date, record_on date, pay_on date,
      observed_at timestamptz)
    order by coalesce(provider_id, ''), instrument_id, kind, ex_date, coalesce(dividend_type, ''), observed_at desc,
      place desc`;
}

function rowOf(action: IncomingAction, place: number) {
  return {
    place,
    instrument_id: action.instrumentId,
    ticker: action.ticker ?? null,
    provider_id: action.providerId,
    kind: action.kind,
    ex_date: action.exDate,
    ratio: action.ratio,
    amount: action.amount,
    amount_basis: action.amountBasis,
    adjusted_amount: action.adjustedAmount,
    currency: action.currency,
    dividend_type: action.dividendType,
    frequency: action.frequency,
    declared_on: action.declaredOn,
    record_on: action.recordOn,
    pay_on: action.payOn,
    observed_at: action.observedAt,
  };
}

/** It cannot be told which splits are in the amount. */
function isUnclear(record: 'known' | 'incoming') {
  return sql`(${sql.ref(`${record}.amount_basis`)} is not distinct from ${unknownBasis}::date)`;
}

/** An amount that is understood is not given up for one that is not. */
export const saysLess = sql`(not ${isUnclear('known')} and ${isUnclear('incoming')})`;

/** The ex-date that the source of a stored action tells. */
export const toldOn = (row: string) =>
  sql`coalesce(${sql.ref(`${row}.told_on`)}, ${sql.ref(`${row}.ex_date`)})`;

/** Of numbers of 32 bits; of amounts divided by later splits, which a source writes with six decimals. */
const rounding = sql`(1e-6 + case when known.amount_basis is not distinct from incoming.amount_basis then 0
  else 6e-7 / nullif(least(abs(known.told_amount), abs(incoming.amount)), 0) end)`;

/** Told of by another basis, it is the same cash as paid; under splits that wait for prices it may be. */
const otherCash = sql`not (
  abs((${asPaid('known', 'share_ratio')}) - incoming.paid) <= ${rounding} * abs(incoming.paid)
  or abs((${asPaid('known', 'possible_ratio')}) - incoming.possibly_paid) <= ${rounding} * abs(incoming.possibly_paid))`;

/** What of a known record an incoming one changes, so that its earlier values are kept. */
export const revises = sql`(${toldOn('known')}, known.kind, known.ratio)
    is distinct from (incoming.ex_date, incoming.kind, incoming.ratio)
  or (known.told_amount is null) <> (incoming.amount is null) or coalesce(${otherCash}, false)`;

/** What payments are judged by beside their amounts; an amount that means nothing yet comes to mean something. */
export const tellsMore = sql`(${isUnclear('known')} and not ${isUnclear('incoming')}) or (known.currency, known.dividend_type, known.frequency, known.adjusted_amount,
    known.declared_on, known.record_on, known.pay_on)
  is distinct from (incoming.currency, incoming.dividend_type, incoming.frequency, incoming.adjusted_amount,
    incoming.declared_on, incoming.record_on, incoming.pay_on)`;
