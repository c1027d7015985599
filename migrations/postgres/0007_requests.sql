-- Requests by people about their personal data, each at its controller: the operator (the organisation whose id is
-- nil) for accounts and visits, an organisation for its cases. What people wrote is sealed.

-- Accounts that may work in the operator's inbox. It opens no way to any case.
create table operators (
  user_id uuid not null primary key references users (id),
  added_at bigint not null
);

create table rights_settings (
  org_id uuid not null primary key references organisations (id),
  regime text not null check (regime in ('gdpr', 'uk_gdpr', 'ccpa')),
  holidays text not null,
  version bigint not null
);

create table rights_requests (
  org_id uuid not null references organisations (id),
  id uuid not null,
  reference text not null,
  kind text not null check (kind in ('access', 'portability', 'rectification', 'erasure', 'restriction', 'objection', 'withdrawal', 'complaint', 'opt_out')),
  concern text not null check (concern in ('account', 'case')),
  regime text not null check (regime in ('gdpr', 'uk_gdpr', 'ccpa')),
  state text not null check (state in ('received', 'identity_pending', 'identity_failed', 'in_review', 'needs_info', 'on_hold', 'fulfilling', 'quality_check', 'delivered', 'refused', 'forwarded', 'duplicate', 'withdrawn', 'closed')),
  by_agent boolean not null,
  sealed bytea,
  user_id uuid references users (id),
  confirmed_at bigint,
  confirmed_how text check (confirmed_how in ('link', 'signed_in', 'otherwise', 'not_needed')),
  received_at bigint not null,
  received_on text not null,
  first_due_on text not null,
  extension_on text,
  due_on text not null,
  extended_at bigint,
  paused_on text,
  partly_refused boolean not null,
  alerted bigint not null,
  forwarded_to uuid references organisations (id),
  forwarded_from uuid,
  duplicate_of text,
  closed_at bigint,
  version bigint not null,
  primary key (org_id, id),
  unique (org_id, reference)
);
create index rights_requests_by_due on rights_requests (org_id, state, due_on);
create index rights_requests_by_user on rights_requests (org_id, user_id) where user_id is not null;

create table rights_messages (
  org_id uuid not null,
  request_id uuid not null,
  id uuid not null,
  at bigint not null,
  side text not null check (side in ('controller', 'requester')),
  kind text not null check (kind in ('question', 'answer', 'notice', 'note')),
  author_id uuid references users (id),
  sealed bytea not null,
  primary key (org_id, request_id, id),
  foreign key (org_id, request_id) references rights_requests (org_id, id)
);

create table rights_answers (
  org_id uuid not null,
  request_id uuid not null,
  file_name text not null,
  media_type text not null,
  sealed bytea not null,
  made_at bigint not null,
  expires_at bigint,
  downloads bigint not null,
  primary key (org_id, request_id),
  foreign key (org_id, request_id) references rights_requests (org_id, id)
);

create table rights_steps (
  org_id uuid not null,
  request_id uuid not null,
  step text not null check (step in ('identity', 'search', 'third_parties', 'exemptions', 'decision', 'answer')),
  done_by uuid not null references users (id),
  done_at bigint not null,
  primary key (org_id, request_id, step),
  foreign key (org_id, request_id) references rights_requests (org_id, id)
);

create table rights_cases (
  org_id uuid not null,
  request_id uuid not null,
  case_id uuid not null,
  linked_by uuid not null references users (id),
  linked_at bigint not null,
  primary key (org_id, request_id, case_id),
  foreign key (org_id, request_id) references rights_requests (org_id, id),
  foreign key (org_id, case_id) references cases (org_id, id)
);

-- Links that requesters hold, kept as hashes. They are looked up before an organisation is known, and say nothing.
create table rights_links (
  token_hash bytea not null primary key,
  org_id uuid not null,
  request_id uuid not null,
  purpose text not null check (purpose in ('confirm', 'track')),
  created_at bigint not null,
  expires_at bigint not null,
  used_at bigint,
  foreign key (org_id, request_id) references rights_requests (org_id, id)
);
create index rights_links_by_request on rights_links (org_id, request_id);

-- The second lock: without the organisation set on the connection there are no rows.
alter table rights_settings enable row level security;
alter table rights_settings force row level security;
create policy tenant on rights_settings
  using (org_id = nullif(current_setting('casetrakr.org', true), '')::uuid);
alter table rights_requests enable row level security;
alter table rights_requests force row level security;
create policy tenant on rights_requests
  using (org_id = nullif(current_setting('casetrakr.org', true), '')::uuid);
alter table rights_messages enable row level security;
alter table rights_messages force row level security;
create policy tenant on rights_messages
  using (org_id = nullif(current_setting('casetrakr.org', true), '')::uuid);
alter table rights_answers enable row level security;
alter table rights_answers force row level security;
create policy tenant on rights_answers
  using (org_id = nullif(current_setting('casetrakr.org', true), '')::uuid);
alter table rights_steps enable row level security;
alter table rights_steps force row level security;
create policy tenant on rights_steps
  using (org_id = nullif(current_setting('casetrakr.org', true), '')::uuid);
alter table rights_cases enable row level security;
alter table rights_cases force row level security;
create policy tenant on rights_cases
  using (org_id = nullif(current_setting('casetrakr.org', true), '')::uuid);
