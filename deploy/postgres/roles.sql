-- Passwords come through the environment, not on a command line; no log is to hold a statement with one.
set log_statement = 'none';
set log_min_error_statement = 'panic';
set log_min_duration_statement = -1;
\getenv barwright BARWRIGHT_PASSWORD
\getenv temporal TEMPORAL_PASSWORD
\getenv reader READER_PASSWORD
\getenv trading TRADING_DB_NAME

select format('create role %I', name) from unnest(array['barwright', 'barwright_reader', 'temporal']) as wanted (name)
  where not exists (select from pg_roles where rolname = name) \gexec

alter role barwright login nosuperuser nocreatedb nocreaterole password :'barwright';
alter role temporal login nosuperuser nocreatedb nocreaterole password :'temporal';
-- Without a password nobody is the reader.
select format('alter role barwright_reader nosuperuser nocreatedb nocreaterole %s password %s',
    case when secret = '' then 'nologin' else 'login' end, case when secret = '' then 'null' else quote_literal(secret) end)
  from (select :'reader') as given (secret) \gexec
alter role barwright_reader set default_transaction_read_only = on;

create temporary table wanted as
  select distinct on (name) name, owner from (values
    (:'trading', 'barwright'), ('trading_simulated', 'barwright'),
    ('temporal', 'temporal'), ('temporal_visibility', 'temporal')) as listed (name, owner);
select format('create database %I owner %I', name, owner) from wanted
  where not exists (select from pg_database where datname = name) \gexec
select format('alter database %I owner to %I', name, owner) from wanted
  join pg_database on datname = name where pg_get_userbyid(datdba) <> owner \gexec
select format('revoke all on database %I from public', name) from wanted \gexec
select format('grant connect on database %I to barwright_reader', name) from wanted where owner = 'barwright' \gexec
