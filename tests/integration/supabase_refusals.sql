-- On top of the imitation: migrations run as `postgres`, which here too is no superuser and is refused what a real
-- project refuses it. For tests, on PostgreSQL 16 or newer; run by a superuser in an empty database that has the imitation.

alter role postgres login createdb createrole bypassrls nosuperuser;
alter role postgres set search_path = "$user", public, extensions;
do $$ begin execute format('alter database %I owner to postgres', current_database()); end $$;
alter schema public owner to postgres;
alter schema extensions owner to postgres;
grant anon, authenticated, service_role to postgres;

-- auth: rows, foreign keys and triggers, but nothing that belongs to the owner.
grant usage on schema auth to postgres;
grant all on auth.users to postgres;

-- storage: what an owner may, as policies need that here; Supabase gives it by an extension of its own. Never the role
-- itself, and what is no policy or trigger is refused below.
grant usage on schema storage to postgres;
grant supabase_storage_admin to postgres with inherit true, set false, admin false;

create schema refusals;
create function refusals.refuse() returns event_trigger language plpgsql as $$
declare
  done record;
begin
  if (select rolsuper from pg_catalog.pg_roles where rolname = current_user) then
    return;
  end if;
  if tg_event = 'sql_drop' then
    select schema_name, object_type, object_identity into done from pg_catalog.pg_event_trigger_dropped_objects()
    where original and (schema_name = 'storage' and object_type not in ('policy', 'trigger')
      or object_identity like 'protect\_% on storage.%') limit 1;
  else
    select schema_name, object_type, object_identity into done from pg_catalog.pg_event_trigger_ddl_commands()
    where schema_name = 'storage' and command_tag not in (
      'CREATE POLICY', 'ALTER POLICY', 'CREATE TRIGGER', 'GRANT', 'REVOKE') limit 1;
  end if;
  if found then
    raise exception 'must be owner of % %', done.object_type, done.object_identity using errcode = '42501';
  end if;
end $$;
create event trigger refuse_changes on ddl_command_end execute function refusals.refuse();
create event trigger refuse_drops on sql_drop execute function refusals.refuse();
