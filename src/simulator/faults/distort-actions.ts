import { addDays } from '../../domain/date-range.ts';
import { exchangeDate } from '../../domain/exchange-time.ts';
import type { FaultHit } from './fault-rules.ts';
import type { Fault, FaultOf } from './fault-script.ts';
import { at, isFields, type Fields } from './json-fields.ts';

/** One action of an answer as it is told: by Polygon's names and a date, or by Yahoo's and an instant. */
interface ToldAction {
  readonly list: 'splits' | 'dividends';
  readonly fields: Fields;
}

type Retold = readonly ToldAction[];

/** What each fault makes of an action that is meant. */
const distortions: {
  readonly [Kind in Fault['kind']]?: (told: ToldAction, fault: FaultOf<Kind>) => Retold;
} = {
  movedAction: (told, { days }) => [moved(told, days)],
  doubledAction: (told, { days }) => [told, moved(copied(told), days)],
  missingAction: () => [],
  wrongRatio(told, { after, before }) {
    if (told.list !== 'splits') return [told];
    const names = isDated(told) ? ['split_to', 'split_from'] : ['numerator', 'denominator'];
    const written = isDated(told) ? {} : { splitRatio: `${after}:${before}` };
    return [changed(told, { [names[0] ?? '']: after, [names[1] ?? '']: before, ...written })];
  },
  wrongAmount(told, { factor }) {
    const name = isDated(told) ? 'cash_amount' : 'amount';
    const amount = told.fields[name];
    return [typeof amount === 'number' ? changed(told, { [name]: amount * factor }) : told];
  },
  foreignCurrency: (told, { currency }) => [told.list === 'dividends' ? changed(told, { currency }) : told],
};

/** True when the fault changes what is told of corporate actions. */
export function distortsActions({ fault }: FaultHit): boolean {
  return fault.kind in distortions;
}

/** The text of a list of actions, or of a chart with its events, after the fault. */
export function distortActions(text: string, { fault, match }: FaultHit): string {
  const distortion = distortions[fault.kind] as ((told: ToldAction, fault: Fault) => Retold) | undefined;
  const body: unknown = JSON.parse(text);
  if (distortion === undefined || !isFields(body)) return text;
  const exDate = 'exDate' in fault ? fault.exDate : undefined;
  const isMeant = (told: ToldAction) =>
    (exDate === undefined || dateOf(told) === exDate) &&
    (match.symbol === undefined || (told.fields['ticker'] ?? match.symbol) === match.symbol);
  const retold = (told: ToldAction) => (isMeant(told) ? distortion(told, fault) : [told]);
  if (Array.isArray(body['results'])) retellList(body, retold);
  else retellEvents(at(body, 'chart', 'result', 0, 'events'), retold);
  return JSON.stringify(body);
}

function retellList(body: Fields, retold: (told: ToldAction) => Retold): void {
  const records = (body['results'] as unknown[]).filter(isFields);
  body['results'] = records.flatMap((fields) => {
    const list = 'execution_date' in fields ? 'splits' : 'dividends';
    return retold({ list, fields }).map((told) => told.fields);
  });
}

/** Yahoo keys its events by their instants. */
function retellEvents(events: unknown, retold: (told: ToldAction) => Retold): void {
  if (!isFields(events)) return;
  for (const list of ['splits', 'dividends'] as const) {
    const own = events[list];
    if (!isFields(own)) continue;
    const told = Object.values(own).filter(isFields);
    const after = told.flatMap((fields) => retold({ list, fields }));
    events[list] = Object.fromEntries(after.map(({ fields }) => [String(fields['date']), fields]));
  }
}

const isDated = ({ fields }: ToldAction) => 'execution_date' in fields || 'ex_dividend_date' in fields;
const dateName = ({ list }: ToldAction) => (list === 'splits' ? 'execution_date' : 'ex_dividend_date');

function dateOf(told: ToldAction): string {
  return isDated(told)
    ? String(told.fields[dateName(told)])
    : exchangeDate(Number(told.fields['date']) * 1000);
}

function changed({ list, fields }: ToldAction, over: Fields): ToldAction {
  return { list, fields: { ...fields, ...over } };
}

function moved(told: ToldAction, days: number): ToldAction {
  if (days === 0) return told;
  return isDated(told)
    ? changed(told, { [dateName(told)]: addDays(dateOf(told), days) })
    : changed(told, { date: Number(told.fields['date']) + days * 86_400 });
}

/** The same once more: under another id, or at another instant of its day. */
function copied(told: ToldAction): ToldAction {
  return isDated(told)
    ? changed(told, { id: `${String(told.fields['id'])}-again` })
    : changed(told, { date: Number(told.fields['date']) + 1800 });
}
