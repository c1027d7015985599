-- Members of one name are told apart by their addresses, so a changed address changes what forms choose from.
drop trigger users_update_moves_catalogue;
create trigger users_update_moves_catalogue after update of name, email, restricted_at on users begin
  update organisations set catalogue_version = catalogue_version + 1
  where id in (select org_id from memberships where user_id = new.id);
end;
