-- Requests by people about their personal data, each at its controller: the operator (the organisation whose id is
-- nil) for accounts and visits, an organisation for its cases. What people wrote is sealed.

-- Accounts that may work in the operator's inbox. It opens no way to any case.
create table operators (
  user_id blob not null primary key references users (id),
  added_at integer not null
) strict;

create table rights_settings (
  org_id blob not null primary key references organisations (id),
  regime text not null check (regime in ('gdpr', 'uk_gdpr', 'ccpa')),
  holidays text not null,
  version integer not null
) strict;

create table rights_requests (
  org_id blob not null references organisations (id),
  id blob not null,
  reference text not null,
  kind text not null check (kind in ('access', 'portability', 'rectification', 'erasure', 'restriction', 'objection', 'withdrawal', 'complaint', 'opt_out')),
  concern text not null check (concern in ('account', 'case')),
  regime text not null check (regime in ('gdpr', 'uk_gdpr', 'ccpa')),
  state text not null check (state in ('received', 'identity_pending', 'identity_failed', 'in_review', 'needs_info', 'on_hold', 'fulfilling', 'quality_check', 'delivered', 'refused', 'forwarded', 'duplicate', 'withdrawn', 'closed')),
  by_agent integer not null check (by_agent in (0, 1)),
  sealed blob,
  user_id blob references users (id),
  confirmed_at integer,
  confirmed_how text check (confirmed_how in ('link', 'signed_in', 'otherwise', 'not_needed')),
  received_at integer not null,
  received_on text not null,
  first_due_on text not null,
  extension_on text,
  due_on text not null,
  extended_at integer,
  paused_on text,
  partly_refused integer not null check (partly_refused in (0, 1)),
  alerted integer not null,
  forwarded_to blob references organisations (id),
  forwarded_from blob,
  duplicate_of text,
  closed_at integer,
  version integer not null,
  primary key (org_id, id),
  unique (org_id, reference)
) strict;
create index rights_requests_by_due on rights_requests (org_id, state, due_on);
create index rights_requests_by_user on rights_requests (org_id, user_id) where user_id is not null;

create table rights_messages (
  org_id blob not null,
  request_id blob not null,
  id blob not null,
  at integer not null,
  side text not null check (side in ('controller', 'requester')),
  kind text not null check (kind in ('question', 'answer', 'notice', 'note')),
  author_id blob references users (id),
  sealed blob not null,
  primary key (org_id, request_id, id),
  foreign key (org_id, request_id) references rights_requests (org_id, id)
) strict;

create table rights_answers (
  org_id blob not null,
  request_id blob not null,
  file_name text not null,
  media_type text not null,
  sealed blob not null,
  made_at integer not null,
  expires_at integer,
  downloads integer not null,
  primary key (org_id, request_id),
  foreign key (org_id, request_id) references rights_requests (org_id, id)
) strict;

create table rights_steps (
  org_id blob not null,
  request_id blob not null,
  step text not null check (step in ('identity', 'search', 'third_parties', 'exemptions', 'decision', 'answer')),
  done_by blob not null references users (id),
  done_at integer not null,
  primary key (org_id, request_id, step),
  foreign key (org_id, request_id) references rights_requests (org_id, id)
) strict;

create table rights_cases (
  org_id blob not null,
  request_id blob not null,
  case_id blob not null,
  linked_by blob not null references users (id),
  linked_at integer not null,
  primary key (org_id, request_id, case_id),
  foreign key (org_id, request_id) references rights_requests (org_id, id),
  foreign key (org_id, case_id) references cases (org_id, id)
) strict;

-- Links that requesters hold, kept as hashes. They are looked up before an organisation is known, and say nothing.
create table rights_links (
  token_hash blob not null primary key,
  org_id blob not null,
  request_id blob not null,
  purpose text not null check (purpose in ('confirm', 'track')),
  created_at integer not null,
  expires_at integer not null,
  used_at integer,
  foreign key (org_id, request_id) references rights_requests (org_id, id)
) strict;
create index rights_links_by_request on rights_links (org_id, request_id);
