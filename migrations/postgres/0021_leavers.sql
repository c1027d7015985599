-- Whoever left and comes back is named on restricted cases anew. Only where somebody else sees the case still: the others
-- would be nobody's.
alter table case_viewers no force row level security;
delete from case_viewers
where exists (
    select 1 from memberships m
    where m.org_id = case_viewers.org_id and m.user_id = case_viewers.user_id and m.left_at is not null)
  and exists (
    select 1 from case_viewers o join memberships m on m.org_id = o.org_id and m.user_id = o.user_id and m.left_at is null
    where o.org_id = case_viewers.org_id and o.case_id = case_viewers.case_id);
set constraints all immediate;
alter table case_viewers force row level security;
