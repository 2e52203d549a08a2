/** Of each series what its rows were computed from: what is due follows without reading the series. */
export const states = `
create table market.indicator_states (
  instrument_id integer not null,
  source text not null,
  parameters_version text,
  computed_from date,
  computed_through date,
  bars integer not null default 0,
  observed_sum double precision not null default 0,
  basis_sum double precision not null default 0,
  absences integer not null default 0,
  expected integer not null default 0,
  splits text not null default '',
  missing integer not null default 0,
  first_missing date,
  signs bytea,
  extra_version text,
  extra_through date,
  run_id uuid,
  computed_at timestamptz,
  primary key (instrument_id, source)
) with (fillfactor = 50);
comment on column market.indicator_states.parameters_version is 'null: claimed by a run that has not written yet';
comment on column market.indicator_states.computed_from is 'from this date through the other every session has its row';
comment on column market.indicator_states.extra_through is
  'rows through this date have extras of extra_version; null: no row ever had any';
comment on column market.indicator_states.observed_sum is
  'with basis_sum a checksum over the bars: when each was observed, and how far its prices are adjusted';
comment on column market.indicator_states.signs is
  'four bytes a row of the series, holes included, from its prices as traded: where the series has changed, they differ';
-- Noise: what compresses nothing need not be tried.
alter table market.indicator_states alter column signs set storage external;
comment on column market.indicator_states.expected is 'sessions from the first bar on';
`;
