/** Instants that have a name, for reads as of then. */
export const snapshots = `
create table market.snapshots (
  name text primary key,
  as_of timestamptz not null,
  created_at timestamptz not null default clock_timestamp()
);
comment on table market.snapshots is 'a name for an instant: what was known then is kept anyway';
`;
