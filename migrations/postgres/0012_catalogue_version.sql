-- What forms and filters choose from is read by every page and changes once in a while. A server keeps it, and this
-- number, which comes along with the session, says whether it still holds. Triggers count it, so that no way to write
-- is forgotten; at the end of a transaction, so that the organisation's row is locked last and only for the commit.
alter table organisations add column catalogue_version bigint not null default 0;

create function catalogue_moved() returns trigger language plpgsql as $$
begin
  update organisations set catalogue_version = catalogue_version + 1 where id = coalesce(new.org_id, old.org_id);
  return null;
end
$$;

create function catalogues_of_member_moved() returns trigger language plpgsql as $$
begin
  update organisations set catalogue_version = catalogue_version + 1
  where id in (select org_id from memberships where user_id = new.id);
  return null;
end
$$;

create constraint trigger catalogue_moved after insert or update or delete on case_types
  deferrable initially deferred for each row execute function catalogue_moved();
create constraint trigger catalogue_moved after insert or update or delete on case_states
  deferrable initially deferred for each row execute function catalogue_moved();
create constraint trigger catalogue_moved after insert or update or delete on case_transitions
  deferrable initially deferred for each row execute function catalogue_moved();
create constraint trigger catalogue_moved after insert or update or delete on case_fields
  deferrable initially deferred for each row execute function catalogue_moved();
create constraint trigger catalogue_moved after insert or update or delete on case_terms
  deferrable initially deferred for each row execute function catalogue_moved();
create constraint trigger catalogue_moved after insert or update or delete on memberships
  deferrable initially deferred for each row execute function catalogue_moved();
create constraint trigger catalogues_moved after update of name, restricted_at on users
  deferrable initially deferred for each row execute function catalogues_of_member_moved();
