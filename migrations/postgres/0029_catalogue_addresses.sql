-- Members of one name are told apart by their addresses, so a changed address changes what forms choose from.
drop trigger catalogues_moved on users;
create constraint trigger catalogues_moved after update of name, email, restricted_at on users
  deferrable initially deferred for each row execute function catalogues_of_member_moved();
