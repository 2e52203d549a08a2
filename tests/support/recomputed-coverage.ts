import { sql } from 'kysely';
import { dateOfDayNumber, dayNumber } from '../../src/domain/date-range.ts';
import type { Store } from '../../src/store/database.ts';

/** Bit d - 1 is day d. */
interface Masks {
  settled: number;
  provisional: number;
  absent: number;
}

interface Day {
  readonly series: string;
  readonly from: string;
  readonly to: string;
  readonly what: keyof Masks;
}

/** The masks that bars and absences make, by source, interval, instrument and month, as text in one order. */
export async function recomputedCoverage({ db }: Store): Promise<readonly string[]> {
  const { rows } = await sql<Day>`
    select concat_ws(' ', source, '1d', instrument_id) as series, session_date as "from", session_date as "to",
      case when settled then 'settled' else 'provisional' end as what from market.daily_bars
    union all
    select concat_ws(' ', source, interval, instrument_id), session_date, last_session, 'absent'
    from market.bar_absences where confirmed and opens_at is null and interval = '1d'`.execute(db);
  const masks = new Map<string, Masks>();
  for (const { series, from, to, what } of rows) {
    for (let day = dayNumber(from); day <= dayNumber(to); day += 1) {
      const date = dateOfDayNumber(day);
      const key = `${series} ${date.slice(0, 7)}`;
      const own = masks.get(key) ?? { settled: 0, provisional: 0, absent: 0 };
      own[what] |= 1 << (Number(date.slice(8)) - 1);
      masks.set(key, own);
    }
  }
  return textOf(masks);
}

/** The masks as they are stored, those that say nothing left out. */
export async function storedCoverage({ db }: Store): Promise<readonly string[]> {
  const { rows } = await sql<Masks & { readonly key: string }>`
    select concat_ws(' ', source, interval, instrument_id, to_char(month, 'YYYY-MM')) as key,
      settled, provisional, absent
    from market.coverage_months where (settled | provisional | absent) <> 0`.execute(db);
  return textOf(new Map(rows.map(({ key, ...masks }) => [key, masks])));
}

function textOf(masks: ReadonlyMap<string, Masks>): readonly string[] {
  return Array.from(masks, ([key, { settled, provisional, absent }]) =>
    [key, ...[settled, provisional, absent].map((mask) => mask.toString(2))].join(' '),
  ).sort();
}
