-- What the role barwright makes from now on, and has made, the reader may read.
alter default privileges for role barwright grant usage on schemas to barwright_reader;
alter default privileges for role barwright grant select on tables to barwright_reader;
select format('grant usage on schema %I to barwright_reader', nspname), format('grant select on all tables in schema %I to barwright_reader', nspname)
  from pg_namespace where pg_get_userbyid(nspowner) = 'barwright' \gexec
