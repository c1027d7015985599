-- Filters offer nothing any more that only restricted cases carry.
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
