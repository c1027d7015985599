-- Rows as they lay in a database of the tenth version, for the test in `migrate.rs`. `{n}` is the id that ends in n.

insert into users (id, email, email_folded, name, password_hash, adult_attested_at, created_at, version)
  values ({1}, 'Rosa@example.org', 'rosa@example.org', 'Rosa Lind', '-', 1, 1, 1);
insert into organisations (id, name, time_zone, created_at, version) values ({2}, 'Housing advice', 'Europe/Amsterdam', 1, 4);
insert into memberships (org_id, user_id, role, joined_at, version) values ({2}, {1}, 'owner', 1, 1);
insert into users (id, email, email_folded, name, password_hash, adult_attested_at, created_at, version)
  values ({12}, 'Leo@example.org', 'leo@example.org', 'Leo Marsh', '-', 1, 1, 1);
insert into memberships (org_id, user_id, role, joined_at, left_at, version) values ({2}, {12}, 'caseworker', 1, 2, 2);
insert into legal_holds (id, scope, subject_id, reason, authority, placed_by, placed_at, review_on)
  values ({3}, 'account', {1}, 'A lawsuit', 'Court order 7', 'Rosa Lind', 5, '2027-01-01');
insert into jobs (id, kind, payload, run_at, attempts, created_at) values ({4}, 'consent.retire', '{}', 9, 0, 9);
insert into jobs (id, kind, payload, run_at, attempts, created_at) values ({5}, 'mail', '{}', 9, 0, 9);

insert into case_types (org_id, id, key, name, number_format, position, created_at, version)
  values ({2}, {6}, 'advice', 'Advice', 'A-{n}', 1, 1, 1);
insert into case_states (org_id, type_id, key, name, kind, position)
  values ({2}, {6}, 'new', 'New', 'open', 1), ({2}, {6}, 'done', 'Done', 'closed', 2);
insert into cases (org_id, id, type_id, number, title, search_text, state_key, state_kind, assignee_label, channel, priority,
    opened_at, restricted, fields, created_by, created_at, updated_at, version)
  values ({2}, {7}, {6}, 'A-1', 'A leaking roof', 'a-1 a leaking roof', 'new', 'open', 'Desk', 'Phone', 2, 1, false, '{}', {1}, 1, 1, 1),
         ({2}, {8}, {6}, 'A-2', 'A threat', 'a-2 a threat', 'new', 'open', 'Shelter', 'Police', 2, 1, true, '{}', {1}, 1, 1, 1);
update cases set due_at = 1782943199999999 where number = 'A-1';
update cases set due_at = 1798758000000000 where number = 'A-2';
insert into cases (org_id, id, type_id, number, title, search_text, state_key, state_kind, priority, due_at, opened_at, closed_at,
    restricted, fields, created_by, created_at, updated_at, version)
  values ({2}, {3}, {6}, 'A-3', 'Old papers', 'a-3 old papers', 'done', 'closed', 2, -3600000001, 1, 1792971000000000, false, '{}', {1}, 1, 1, 1),
         ({2}, {4}, {6}, 'A-4', 'Far ahead', 'a-4 far ahead', 'new', 'open', 2, 10111730399999999, 1, null, false, '{}', {1}, 1, 1, 1),
         ({2}, {5}, {6}, 'A-5', 'No day', 'a-5 no day', 'new', 'open', 2, null, 1, null, false, '{}', {1}, 1, 1, 1);
update cases set external_id = 'X-9' where number = 'A-1';
insert into case_viewers (org_id, case_id, user_id, added_at) values ({2}, {8}, {1}, 1), ({2}, {8}, {12}, 1), ({2}, {7}, {12}, 1);
insert into case_tags (org_id, tag, case_id) values ({2}, 'damp', {7}), ({2}, 'urgent', {7}), ({2}, 'urgent', {8}), ({2}, 'violence', {8});
insert into case_terms (org_id, kind, term)
  values ({2}, 'tag', 'damp'), ({2}, 'tag', 'urgent'), ({2}, 'tag', 'violence'), ({2}, 'tag', 'unused'),
         ({2}, 'channel', 'Phone'), ({2}, 'channel', 'Police'), ({2}, 'assignee', 'Desk'), ({2}, 'assignee', 'Shelter');
insert into entries (org_id, id, case_id, kind, occurred_at, author_id, body, body_html, visibility, created_at, edited_at, version)
  values ({2}, {11}, {7}, 'note', 2, {1}, 'For everybody', '<p>For everybody</p>', 'everyone', 2, 4, 2);
insert into entry_revisions (org_id, entry_id, version, body, written_by, written_at) values ({2}, {11}, 1, 'For me alone', {1}, 2);
insert into drafts (org_id, user_id, place, body, updated_at) values ({2}, {1}, 'case/A-1', 'She called again', 3);

insert into rights_settings (org_id, regime, holidays, version) values ({2}, 'uk_gdpr', '[]', 2);
insert into rights_requests (org_id, id, reference, kind, concern, regime, state, by_agent, received_at, received_on, first_due_on,
    due_on, partly_refused, alerted, version)
  values ({2}, {9}, 'R-1', 'opt_out', 'case', 'ccpa', 'in_review', false, 7, '2026-01-05', '2026-01-28', '2026-02-02', false, 0, 3),
         ({2}, {10}, 'R-2', 'erasure', 'case', 'uk_gdpr', 'received', true, 8, '2026-01-06', '2026-02-06', '2026-02-06', false, 0, 1);
