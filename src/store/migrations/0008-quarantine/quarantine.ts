/** What was refused stays in quarantine until an answer or a person settles it. */
export const quarantine = `
alter table market.rejected_rows
  add column settled_at timestamptz,
  add column settled_as text check (settled_as in ('repaired', 'released', 'rejected')),
  add constraint rejected_rows_settled check ((settled_at is null) = (settled_as is null));
comment on column market.rejected_rows.settled_as is 'repaired: a later answer had no such row; released, rejected: a person has said so; null: it is in quarantine';

-- A person has said that the record of these sessions is wrong, and that nobody is to ask for it again.
alter table market.bar_absences drop constraint bar_absences_reason_check;
alter table market.bar_absences add constraint bar_absences_reason_check
  check (reason in ('not_listed', 'no_trade', 'halted', 'history_floor', 'withdrawn', 'rejected'));
`;
