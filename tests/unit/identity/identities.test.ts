import { expect, test } from 'vitest';
import type { SessionDate } from '../../../src/domain/session.ts';
import type { ListedBearer } from '../../../src/identity/listed-bearer.ts';
import { believedLists } from '../../../src/identity/believed-lists.ts';
import { identitiesOf } from '../../../src/identity/identities.ts';
import { spellsOf, type Listed } from '../../../src/identity/spells.ts';
import {
  evidenceOf,
  goneOf,
  listsOf,
  sessionsOf,
  type TrueTenure,
  type World,
} from '../../support/identity-world.ts';

const monthEnds = ['2014-01-31', '2014-02-28', '2014-03-31', '2014-04-30', '2014-05-30'];

function worldOf(
  tenures: readonly TrueTenure[],
  companies: Readonly<Record<string, Partial<ListedBearer>>>,
): World {
  const known = Object.entries(companies).map(
    ([company, said]) => [company, { figi: null, cik: null, type: 'CS', name: company, ...said }] as const,
  );
  return {
    ...{ from: '2014-01-02', to: '2014-05-30', tenures, companies: new Map(known) },
    ...{ eventsOff: new Map(), shortList: null, lacks: () => false },
  };
}

/** So many others live on that a list is whole whoever it lacks. */
function amongOthers(world: World): World {
  const others = Array.from({ length: 60 }, (_, at) => `Z${at}`);
  const known = others.map((name) => [name, { figi: name, cik: null, type: 'CS', name }] as const);
  const lives = others.map((company) => ({ company, ticker: company, from: '2010-01-04', to: null }));
  return {
    ...world,
    tenures: [...world.tenures, ...lives],
    companies: new Map([...world.companies, ...known]),
  };
}

/** The lists of one month end forget tickers. */
const forgetting = (forgotten: SessionDate, ...tickers: readonly string[]): Partial<World> => ({
  lacks: (date, ticker) => date === forgotten && tickers.includes(ticker),
});

async function identitiesIn(world: World, over: Partial<ReturnType<typeof evidenceOf>> = {}) {
  const { listed, lists } = listsOf(world);
  const evidence = { ...evidenceOf(world), ...over };
  const found = await identitiesOf(spellsOf(listed, lists, goneOf(world)), goneOf(world), evidence);
  const bearings = found.identities.map(({ bearer, bearings: own }) => [
    bearer.name,
    ...own.map(({ ticker, from, to }) => `${ticker} ${from} ${to}`),
  ]);
  return { ...found, bearings };
}

/** Class A gave its ticker to class C on one day. */
const google: readonly TrueTenure[] = [
  { company: 'Class A', ticker: 'GOOG', from: '2004-08-19', to: '2014-04-02' },
  { company: 'Class A', ticker: 'GOOGL', from: '2014-04-03', to: null },
  { company: 'Class C', ticker: 'GOOG', from: '2014-04-03', to: null },
];

test('a ticker that goes to another class of the same company is parted on the day', async () => {
  const world = worldOf(google, {
    'Class A': { figi: 'BBG009S39JX6', cik: '0001652044' },
    'Class C': { figi: 'BBG009S3NB30', cik: '0001652044' },
  });
  const { bearings, doubts } = await identitiesIn(world);
  expect(bearings).toEqual([
    ['Class A', 'GOOG 2014-01-31 2014-04-02', 'GOOGL 2014-04-03 null'],
    ['Class C', 'GOOG 2014-04-03 null'],
  ]);
  expect(doubts).toEqual([]);
});

test('classes of one company are not joined for their CIK, and what is not known is a doubt', async () => {
  const world = worldOf(google, {
    'Class A': { cik: '0001652044', name: null },
    'Class C': { cik: '0001652044', name: null },
  });
  const { bearings, doubts } = await identitiesIn(world);
  expect(bearings.map(([, ...own]) => own).toSorted()).toEqual([
    ['GOOG 2014-01-31 2014-03-31'],
    ['GOOG 2014-04-30 null'],
    ['GOOGL 2014-04-01 null'],
  ]);
  expect(doubts.map(({ kind, ticker }) => [kind, ticker])).toContainEqual(['unclear_bearer', 'GOOG']);
});

test('funds of one trust that change together are left apart, with a doubt', async () => {
  const trust = { cik: '0000000001', type: 'ETF' };
  const renamed = (company: string, on: SessionDate, before: SessionDate): readonly TrueTenure[] => [
    { company, ticker: `${company}A`, from: '2010-01-04', to: before },
    { company, ticker: `${company}B`, from: on, to: null },
  ];
  const world = worldOf(
    [...renamed('X', '2014-03-12', '2014-03-11'), ...renamed('Y', '2014-03-20', '2014-03-19')],
    {
      X: { ...trust, name: 'X' },
      Y: { ...trust, name: 'Y' },
    },
  );
  const { identities, doubts } = await identitiesIn(world);
  expect(identities).toHaveLength(4);
  expect(doubts.filter(({ kind }) => kind === 'unclear_rename')).toHaveLength(2);
});

test('equal CIKs whose bars overlap are two instruments', async () => {
  const world = worldOf(
    [
      { company: 'A', ticker: 'AAA', from: '2010-01-04', to: '2014-03-20' },
      { company: 'B', ticker: 'BBB', from: '2014-03-10', to: null },
    ],
    { A: { cik: '1' }, B: { cik: '1' } },
  );
  const { bearings, doubts } = await identitiesIn(world);
  expect(bearings).toHaveLength(2);
  expect(doubts.map(({ kind }) => kind)).toEqual(['tickers_overlap']);
});

test('a record without its FIGI between two that have it is of the same instrument', () => {
  const bearer = (figi: string | null): ListedBearer => ({
    ticker: 'T',
    figi,
    cik: null,
    type: 'CS',
    name: null,
  });
  const listed: readonly Listed[] = [
    { bearer: bearer('F'), dates: ['2014-01-31', '2014-04-30'] },
    { bearer: bearer(null), dates: ['2014-02-28', '2014-03-31'] },
  ];
  const lists = monthEnds.map((date) => ({ date, tickers: 10 }));
  expect(spellsOf(listed, lists)).toMatchObject([
    { first: '2014-01-31', last: '2014-04-30', before: '2014-05-30' },
  ]);
});

test('another company between two records of one parts them', () => {
  const bearer = (figi: string | null, name: string): ListedBearer => ({
    ticker: 'T',
    figi,
    cik: null,
    type: 'CS',
    name,
  });
  const listed: readonly Listed[] = [
    { bearer: bearer('F', 'One'), dates: ['2014-01-31', '2014-05-30'] },
    { bearer: bearer('G', 'Other'), dates: ['2014-02-28'] },
    { bearer: bearer(null, 'Who'), dates: ['2014-04-30'] },
  ];
  const lists = monthEnds.map((date) => ({ date, tickers: 10 }));
  const spells = spellsOf(listed, lists);
  expect(spells.map(({ bearer: { figi } }) => figi)).toEqual(['F', 'G', null, 'F']);
});

test('lists of a third less between whole ones are not believed, and a market that grew at once is', () => {
  const sizes = (...counts: readonly number[]) =>
    counts.map((tickers, at) => ({ date: `2014-${String(at + 1).padStart(2, '0')}-28`, tickers }));
  const shorts = (...counts: readonly number[]) => {
    const believed = new Set(believedLists(sizes(...counts)));
    return sizes(...counts).flatMap(({ date }, at) => (believed.has(date) ? [] : [at]));
  };
  expect(shorts(9400, 9450, 6507, 9480, 9443)).toEqual([2]);
  expect(shorts(9400, 6000, 6100, 9480, 9443)).toEqual([1, 2]);
  expect(shorts(6000, 9480, 9443, 9400)).toEqual([0]);
  expect(shorts(9400, 9450, 9480, 6000)).toEqual([3]);
  expect(shorts(9000, 9010, 9020, 10_500, 10_510, 10_520)).toEqual([]);
  expect(shorts(10)).toEqual([]);
  expect(shorts(0)).toEqual([0]);
});

test("what cannot be asked is nobody's, and a doubt", async () => {
  const world = worldOf(google, { 'Class A': { figi: 'A' }, 'Class C': { figi: 'C' } });
  const { bearings, doubts } = await identitiesIn(world, {
    bars: () => Promise.resolve(null),
    bearer: () => Promise.resolve(undefined),
  });
  expect(bearings).toEqual([
    ['Class A', 'GOOG 2014-01-31 2014-03-31', 'GOOGL 2014-04-30 null'],
    ['Class C', 'GOOG 2014-04-30 null'],
  ]);
  expect(doubts.map(({ kind }) => kind)).toContain('unclear_border');
});

test('an event that is years off costs two questions, and is not believed', async () => {
  const world = worldOf(
    [
      { company: 'A', ticker: 'AAA', from: '2010-01-04', to: '2014-03-11' },
      { company: 'A', ticker: 'BBB', from: '2014-03-12', to: null },
    ],
    { A: { figi: 'A' } },
  );
  const { bearings } = await identitiesIn(
    { ...world, eventsOff: new Map([['A', -900]]) },
    { bars: () => Promise.resolve(null) },
  );
  expect(bearings).toEqual([['A', 'AAA 2014-01-31 2014-03-11', 'BBB 2014-03-12 null']]);
});

test('of two tickers with one FIGI on a day the one that has it longer is the instrument', async () => {
  const world = worldOf(
    [
      { company: 'A', ticker: 'AAA', from: '2010-01-04', to: null },
      { company: 'A', ticker: 'AAAw', from: '2014-03-12', to: '2014-04-10' },
    ],
    { A: { figi: 'A' } },
  );
  const { bearings, doubts } = await identitiesIn(world);
  expect(bearings).toEqual([
    ['A', 'AAA 2014-01-31 null'],
    ['A', 'AAAw 2014-03-01 2014-04-10'],
  ]);
  expect(doubts.map(({ kind }) => kind)).toEqual(['one_figi_twice']);
  expect(sessionsOf({ from: '2014-03-01', to: '2014-03-03' })).toEqual(['2014-03-03']);
});

test('a ticker between two others that no list shows is known by its last day', async () => {
  const tenures: readonly TrueTenure[] = [
    { company: 'A', ticker: 'AAA', from: '2010-01-04', to: '2014-03-06' },
    { company: 'A', ticker: 'BBB', from: '2014-03-07', to: '2014-03-12' },
    { company: 'A', ticker: 'CCC', from: '2014-03-13', to: null },
  ];
  for (const said of [{ figi: 'A' }, { cik: '1' }]) {
    const { bearings, doubts } = await identitiesIn(worldOf(tenures, { A: said }));
    expect(bearings).toEqual([
      ['A', 'AAA 2014-01-31 2014-03-06', 'BBB 2014-03-07 2014-03-12', 'CCC 2014-03-13 null'],
    ]);
    expect(doubts).toEqual([]);
  }
});

test('days of a ticker that another bore for some days within a month are not those of the next one', async () => {
  const world = worldOf(
    [
      { company: 'Brief', ticker: 'T', from: '2014-03-05', to: '2014-03-11' },
      { company: 'Brief', ticker: 'U', from: '2014-03-12', to: null },
      { company: 'Next', ticker: 'T', from: '2014-03-13', to: null },
    ],
    { Brief: { figi: 'B' }, Next: { figi: 'N' } },
  );
  const { bearings, doubts } = await identitiesIn(amongOthers(world));
  expect(bearings.slice(0, -60).toSorted()).toEqual([
    ['Brief', 'T 2014-03-01 2014-03-11', 'U 2014-03-12 null'],
    ['Next', 'T 2014-03-13 null'],
  ]);
  expect(doubts).toEqual([]);
});

test('who goes back to its ticker has it twice, with the other one in between', async () => {
  const tenures: readonly TrueTenure[] = [
    { company: 'A', ticker: 'AAA', from: '2010-01-04', to: '2014-02-11' },
    { company: 'A', ticker: 'BBB', from: '2014-02-12', to: '2014-04-10' },
    { company: 'A', ticker: 'AAA', from: '2014-04-11', to: null },
  ];
  for (const said of [{ figi: 'A' }, { cik: '1' }]) {
    const { bearings, doubts } = await identitiesIn(worldOf(tenures, { A: said }));
    expect(bearings).toEqual([
      ['A', 'AAA 2014-01-31 2014-02-11', 'BBB 2014-02-12 2014-04-10', 'AAA 2014-04-11 null'],
    ]);
    expect(doubts).toEqual([]);
  }
});

test('a list that forgets both tickers of a rename beside its day hides nothing', async () => {
  const tenures: readonly TrueTenure[] = [
    { company: 'A', ticker: 'AAA', from: '2010-01-04', to: '2014-03-11' },
    { company: 'A', ticker: 'BBB', from: '2014-03-12', to: null },
  ];
  for (const said of [{ figi: 'A' }, { cik: '1' }]) {
    for (const forgotten of ['2014-02-28', '2014-03-31']) {
      const world = { ...worldOf(tenures, { A: said }), ...forgetting(forgotten, 'AAA', 'BBB') };
      const { bearings, doubts } = await identitiesIn(world);
      expect(bearings).toEqual([['A', 'AAA 2014-01-31 2014-03-11', 'BBB 2014-03-12 null']]);
      expect(doubts).toEqual([]);
    }
  }
});

test('the next bearer of a ticker has no day on which a list only forgot the one before', async () => {
  const world = worldOf(
    [
      { company: 'First', ticker: 'T', from: '2010-01-04', to: '2014-03-11' },
      { company: 'Next', ticker: 'T', from: '2014-03-19', to: null },
    ],
    { First: { figi: 'F' }, Next: { figi: 'N' } },
  );
  const { bearings } = await identitiesIn({ ...world, ...forgetting('2014-02-28', 'T') });
  expect(bearings).toEqual([
    ['First', 'T 2014-01-31 2014-03-11'],
    ['Next', 'T 2014-03-19 null'],
  ]);
});

test('who is known to have ended later than a forgetful list has it ended later', async () => {
  const world = worldOf([{ company: 'A', ticker: 'AAA', from: '2010-01-04', to: '2014-03-19' }], {
    A: { figi: 'A' },
  });
  const forgetful = { ...amongOthers(world), ...forgetting('2014-02-28', 'AAA') };
  expect((await identitiesIn(forgetful)).bearings[0]).toEqual(['A', 'AAA 2014-01-31 2014-03-19']);
  const nobody = await identitiesIn(forgetful, { bearer: () => Promise.resolve(null) });
  expect(nobody.bearings[0]).toEqual(['A', 'AAA 2014-01-31 2014-02-27']);
});

test('equal CIKs with weeks without a bar between their tickers are left apart, with a doubt', async () => {
  const world = worldOf(
    [
      { company: 'A', ticker: 'AAA', from: '2010-01-04', to: '2014-03-05' },
      { company: 'B', ticker: 'BBB', from: '2014-03-25', to: null },
    ],
    { A: { cik: '1' }, B: { cik: '1' } },
  );
  const { bearings, doubts } = await identitiesIn(world);
  expect(bearings.map(([name]) => name)).toEqual(['A', 'B']);
  expect(doubts.map(({ kind, ticker, others }) => [kind, ticker, others])).toEqual([
    ['unclear_rename', 'AAA', ['BBB']],
  ]);
});

test('what has nothing but its name is not joined by that, and is a doubt', async () => {
  const world = worldOf(
    [
      { company: 'A', ticker: 'AAA', from: '2010-01-04', to: '2014-03-11' },
      { company: 'A', ticker: 'BBB', from: '2014-03-12', to: null },
    ],
    { A: {} },
  );
  const { identities, doubts } = await identitiesIn(world);
  expect(identities).toHaveLength(2);
  expect(doubts.map(({ kind, ticker, others }) => [kind, ticker, others])).toEqual([
    ['unclear_rename', 'AAA', ['BBB']],
  ]);
});
