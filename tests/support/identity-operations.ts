import fc from 'fast-check';
import { sql } from 'kysely';
import type { InstrumentReference } from '../../src/domain/instrument.ts';
import { moveAmong } from '../../src/pipelines/identity/put-right.ts';
import { setListed } from '../../src/store/instruments.ts';
import { holdAll } from '../../src/store/misplaced/put-in-place.ts';
import { suspects } from '../../src/store/misplaced/suspects.ts';
import { saveInstruments } from '../../src/store/save-instruments.ts';
import { linkTickers, unlinkTickers } from '../../src/store/ticker-links.ts';
import type { Transaction } from '../../src/store/transaction.ts';
import { idAt, knownRun, knownSession, place, type Operation } from './known-operation.ts';

interface Named {
  readonly id: number;
  readonly symbol: string;
}

/** Instruments, held in one order. */
async function heldInstruments(tx: Transaction, ids: readonly number[]): Promise<readonly Named[]> {
  const { rows } = await sql<Named>`
    select id, symbol from market.instruments where id = any(${ids}::int[]) order by id for update`.execute(
    tx,
  );
  return rows;
}

async function call(tx: Transaction, id: number, symbol: string): Promise<void> {
  await sql`update market.instruments set symbol = ${symbol}, updated_at = now() where id = ${id}`.execute(
    tx,
  );
}

/** Each is then called what the other was; not where a third one is called so. */
const exchanges = fc.record({ place, other: place }).map(({ place: at, other }): Operation => ({
  label: `${at} and ${other} exchange their tickers`,
  act: async (tx, ids) => {
    const [one, two] = await heldInstruments(tx, [idAt(ids, at), idAt(ids, other)]);
    if (one === undefined || two === undefined) return;
    const { rows: others } = await sql`select from market.instruments
      where symbol in (${one.symbol}, ${two.symbol}) and id not in (${one.id}, ${two.id})`.execute(tx);
    if (others.length > 0) return;
    await call(tx, one.id, `${one.symbol} of ${two.symbol}`);
    await call(tx, two.id, one.symbol);
    await call(tx, one.id, two.symbol);
  },
}));

/** As lists of instruments tell it: one goes, one of the same company comes under another ticker, or another under the same. */
const lists = fc
  .record({ place, day: knownSession, number: fc.nat({ max: 2 }), reused: fc.boolean() })
  .map(({ place: at, day, number, reused }): Operation => ({
    label: `${at} is gone on ${day}, ${reused ? 'its ticker is another one’s' : `now ${number}`}`,
    act: async (tx, ids) => {
      const [held] = await heldInstruments(tx, [idAt(ids, at)]);
      if (held === undefined) return;
      const { id, symbol } = held;
      const who = (figi: string) => ({ figi, cik: null, name: null, type: 'CS', exchange: 'XNYS' });
      const own = { ...who(`BBG${id}`), currency: 'USD', listedOn: null };
      const went: InstrumentReference = { ...own, symbol, active: false, delistedOn: day };
      const came: InstrumentReference = reused
        ? { ...own, ...who(`BBG${id}R${number}`), symbol, active: true, delistedOn: null }
        : { ...own, symbol: `${symbol}.${number}`, active: true, delistedOn: null };
      await saveInstruments(tx, [went], { source: 'polygon' });
      await sql`drop table reference`.execute(tx);
      await saveInstruments(tx, [came], { source: 'polygon' });
    },
  }));

const links = fc
  .record({ place, other: place, day: knownSession, undone: fc.boolean() })
  .map(({ place: at, other, day, undone }): Operation => ({
    label: undone ? `${other} was never ${at}` : `${at} was ${other} until ${day}`,
    act: async (tx, ids) => {
      const [one, two] = await heldInstruments(tx, [idAt(ids, at), idAt(ids, other)]);
      if (one === undefined || two === undefined) return;
      const link = {
        vocabulary: 'polygon',
        instrumentId: one.id,
        earlier: two.symbol,
        reason: 'seen',
      } as const;
      if (undone) await unlinkTickers(tx, link);
      else await linkTickers(tx, { ...link, later: one.symbol, on: day });
    },
  }));

const watches = fc
  .record({ place, list: fc.constantFrom('watchlist' as const, 'universe' as const), isOn: fc.boolean() })
  .map(({ place: at, list, isOn }): Operation => ({
    label: `${at} is ${isOn ? '' : 'not '}on the ${list}`,
    act: (tx, ids) => setListed(tx, list, idAt(ids, at), isOn),
  }));

const barKeys = { daily_bars: [], intraday_bars: ['interval', 'opens_at'] } as const;

/** What was stored under one from a day on is another's. */
const moves = fc
  .record({ place, other: place, day: knownSession })
  .map(({ place: at, other, day }): Operation => ({
    label: `what ${at} has from ${day} on is of ${other}`,
    act: async (tx, ids) => {
      const [from, to] = [idAt(ids, at), idAt(ids, other)];
      // Else what is free here may be another writer's by the time it is taken.
      await holdAll(tx, [from, to]);
      for (const [table, key] of Object.entries(barKeys)) {
        const names = ['source', 'session_date', ...key];
        const columns = (row: string) => sql.join(names.map((name) => sql.ref(`${row}.${name}`)));
        await sql`update ${sql.table(`market.${table}`)} moved set instrument_id = ${to}
          where instrument_id = ${from} and session_date >= ${day} and not exists (
            select from ${sql.table(`market.${table}`)} own
            where own.instrument_id = ${to} and (${columns('own')}) = (${columns('moved')}))`.execute(tx);
      }
      await sql`update market.bar_absences moved set instrument_id = ${to}
        where instrument_id = ${from} and session_date >= ${day} and not exists (
          select from market.bar_absences own where own.instrument_id = ${to}
            and (own.source, own.interval) = (moved.source, moved.interval)
            and daterange(own.session_date, own.last_session, '[]')
              && daterange(moved.session_date, moved.last_session, '[]'))`.execute(tx);
      await sql`update market.corporate_actions set instrument_id = ${to}
        where instrument_id = ${from} and ex_date >= ${day} and provider_id is not null`.execute(tx);
    },
  }));

/** By who bore which ticker when. */
const placements = fc.constant<Operation>({
  label: 'all is moved to where it belongs',
  act: async (tx) => {
    const ids = await suspects(tx, 'polygon');
    await moveAmong(tx, 'polygon', { ids, runId: knownRun }, '2024-02-06T12:00:00.000Z');
  },
});

/** Who instruments are, and what of theirs is another's. */
export const identityOperation: fc.Arbitrary<Operation> = fc.oneof(
  exchanges,
  lists,
  links,
  watches,
  moves,
  placements,
);
