-- What forms and filters choose from is read by every page and changes once in a while. A server keeps it, and this
-- number, which comes along with the session, says whether it still holds. Triggers count it, so that no way to write
-- is forgotten.
alter table organisations add column catalogue_version integer not null default 0;

create trigger case_types_insert_moves_catalogue after insert on case_types begin
  update organisations set catalogue_version = catalogue_version + 1 where id = new.org_id;
end;
create trigger case_types_update_moves_catalogue after update on case_types begin
  update organisations set catalogue_version = catalogue_version + 1 where id = new.org_id;
end;
create trigger case_types_delete_moves_catalogue after delete on case_types begin
  update organisations set catalogue_version = catalogue_version + 1 where id = old.org_id;
end;
create trigger case_states_insert_moves_catalogue after insert on case_states begin
  update organisations set catalogue_version = catalogue_version + 1 where id = new.org_id;
end;
create trigger case_states_update_moves_catalogue after update on case_states begin
  update organisations set catalogue_version = catalogue_version + 1 where id = new.org_id;
end;
create trigger case_states_delete_moves_catalogue after delete on case_states begin
  update organisations set catalogue_version = catalogue_version + 1 where id = old.org_id;
end;
create trigger case_transitions_insert_moves_catalogue after insert on case_transitions begin
  update organisations set catalogue_version = catalogue_version + 1 where id = new.org_id;
end;
create trigger case_transitions_update_moves_catalogue after update on case_transitions begin
  update organisations set catalogue_version = catalogue_version + 1 where id = new.org_id;
end;
create trigger case_transitions_delete_moves_catalogue after delete on case_transitions begin
  update organisations set catalogue_version = catalogue_version + 1 where id = old.org_id;
end;
create trigger case_fields_insert_moves_catalogue after insert on case_fields begin
  update organisations set catalogue_version = catalogue_version + 1 where id = new.org_id;
end;
create trigger case_fields_update_moves_catalogue after update on case_fields begin
  update organisations set catalogue_version = catalogue_version + 1 where id = new.org_id;
end;
create trigger case_fields_delete_moves_catalogue after delete on case_fields begin
  update organisations set catalogue_version = catalogue_version + 1 where id = old.org_id;
end;
create trigger case_terms_insert_moves_catalogue after insert on case_terms begin
  update organisations set catalogue_version = catalogue_version + 1 where id = new.org_id;
end;
create trigger case_terms_update_moves_catalogue after update on case_terms begin
  update organisations set catalogue_version = catalogue_version + 1 where id = new.org_id;
end;
create trigger case_terms_delete_moves_catalogue after delete on case_terms begin
  update organisations set catalogue_version = catalogue_version + 1 where id = old.org_id;
end;
create trigger memberships_insert_moves_catalogue after insert on memberships begin
  update organisations set catalogue_version = catalogue_version + 1 where id = new.org_id;
end;
create trigger memberships_update_moves_catalogue after update on memberships begin
  update organisations set catalogue_version = catalogue_version + 1 where id = new.org_id;
end;
create trigger memberships_delete_moves_catalogue after delete on memberships begin
  update organisations set catalogue_version = catalogue_version + 1 where id = old.org_id;
end;
create trigger users_update_moves_catalogue after update of name, restricted_at on users begin
  update organisations set catalogue_version = catalogue_version + 1
  where id in (select org_id from memberships where user_id = new.id);
end;

-- Each of these now holds all that its questions ask for, the kind of state and the words included.
drop index cases_live;
drop index cases_late;
drop index cases_words;
drop index cases_by_opened;
create index cases_live on cases (org_id, assignee_id, due_at, restricted, assignee_label, state_kind, id) where state_kind <> 'closed';
create index cases_late on cases (org_id, due_at, restricted, state_kind, id) where state_kind <> 'closed';
create index cases_by_opened on cases (org_id, opened_at, id, restricted, search_text);
