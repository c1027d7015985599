-- Indexes for what every day begins with: my cases, late ones, those that nobody has, and words. Each holds all that its
-- count asks for, so that a count reads no case.
create index cases_live on cases (org_id, assignee_id, due_at, restricted, assignee_label, id) where state_kind <> 'closed';
create index cases_late on cases (org_id, due_at, restricted, id) where state_kind <> 'closed';
create index cases_words on cases (org_id, search_text, restricted, id);
