-- A draft keeps what was chosen for it as well, so that what is meant for few does not come back as meant for everybody.
alter table drafts add column kind text not null default '';
alter table drafts add column visibility text not null default '';
alter table drafts add column occurred text not null default '';

-- The one before found nothing here: the lock holds for this connection, too, and no organisation is set on it.
alter table cases no force row level security;
alter table case_tags no force row level security;
alter table case_terms no force row level security;
delete from case_terms where kind = 'tag' and not exists (
  select 1 from case_tags g join cases c on c.org_id = g.org_id and c.id = g.case_id
  where g.org_id = case_terms.org_id and g.tag = case_terms.term and not c.restricted)
  and exists (
  select 1 from case_tags g join cases c on c.org_id = g.org_id and c.id = g.case_id
  where g.org_id = case_terms.org_id and g.tag = case_terms.term and c.restricted);
delete from case_terms where kind = 'channel' and not exists (
  select 1 from cases c where c.org_id = case_terms.org_id and c.channel = case_terms.term and not c.restricted)
  and exists (select 1 from cases c where c.org_id = case_terms.org_id and c.channel = case_terms.term and c.restricted);
delete from case_terms where kind = 'assignee' and not exists (
  select 1 from cases c where c.org_id = case_terms.org_id and c.assignee_label = case_terms.term and not c.restricted)
  and exists (select 1 from cases c where c.org_id = case_terms.org_id and c.assignee_label = case_terms.term and c.restricted);
set constraints all immediate;
alter table cases force row level security;
alter table case_tags force row level security;
alter table case_terms force row level security;
