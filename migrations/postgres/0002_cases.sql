-- Case data: the organisation's own. Every table leads with org_id, every foreign key stays inside it.

create table case_types (
  org_id uuid not null references organisations (id),
  id uuid not null,
  key text not null,
  name text not null,
  number_format text not null,
  default_due_days bigint,
  position bigint not null,
  created_at bigint not null,
  archived_at bigint,
  version bigint not null,
  primary key (org_id, id),
  unique (org_id, key)
);

create table case_states (
  org_id uuid not null,
  type_id uuid not null,
  key text not null,
  name text not null,
  kind text not null check (kind in ('open', 'waiting', 'closed')),
  position bigint not null,
  primary key (org_id, type_id, key),
  foreign key (org_id, type_id) references case_types (org_id, id)
);

create table case_transitions (
  org_id uuid not null,
  type_id uuid not null,
  from_key text not null,
  to_key text not null,
  name text not null,
  required jsonb not null,
  position bigint not null,
  primary key (org_id, type_id, from_key, to_key),
  foreign key (org_id, type_id, from_key) references case_states (org_id, type_id, key),
  foreign key (org_id, type_id, to_key) references case_states (org_id, type_id, key)
);

create table case_fields (
  org_id uuid not null,
  type_id uuid not null,
  key text not null,
  label text not null,
  kind text not null check (kind in ('text', 'long_text', 'number', 'date', 'yes_no', 'choice', 'choices', 'member')),
  options jsonb not null,
  required boolean not null,
  position bigint not null,
  archived_at bigint,
  primary key (org_id, type_id, key),
  foreign key (org_id, type_id) references case_types (org_id, id)
);

-- The next number of a series such as 'LA-2026-'. A number is taken in the transaction that creates its case.
create table case_series (
  org_id uuid not null references organisations (id),
  series text not null,
  next bigint not null,
  primary key (org_id, series)
);

create table cases (
  org_id uuid not null,
  id uuid not null,
  type_id uuid not null,
  number text not null,
  title text not null,
  search_text text not null,
  state_key text not null,
  state_kind text not null check (state_kind in ('open', 'waiting', 'closed')),
  assignee_id uuid,
  assignee_label text,
  channel text,
  priority bigint not null check (priority between 1 and 4),
  due_at bigint,
  opened_at bigint not null,
  closed_at bigint,
  restricted boolean not null,
  external_id text,
  fields jsonb not null,
  created_by uuid references users (id),
  created_at bigint not null,
  updated_at bigint not null,
  version bigint not null,
  primary key (org_id, id),
  unique (org_id, number),
  unique (org_id, external_id),
  foreign key (org_id, type_id) references case_types (org_id, id),
  foreign key (org_id, type_id, state_key) references case_states (org_id, type_id, key),
  foreign key (org_id, assignee_id) references memberships (org_id, user_id),
  check ((closed_at is not null) = (state_kind = 'closed'))
);
create index cases_by_opened on cases (org_id, opened_at, id);
create index cases_by_updated on cases (org_id, updated_at, id);
create index cases_by_due on cases (org_id, due_at, id);
create index cases_by_kind on cases (org_id, state_kind, opened_at, id);
create index cases_by_type on cases (org_id, type_id, state_key, opened_at, id);
create index cases_by_assignee on cases (org_id, assignee_id, state_kind, opened_at, id);
create index cases_restricted on cases (org_id, restricted, id);

create table case_tags (
  org_id uuid not null,
  tag text not null,
  case_id uuid not null,
  primary key (org_id, tag, case_id),
  foreign key (org_id, case_id) references cases (org_id, id)
);
create index case_tags_by_case on case_tags (org_id, case_id, tag);

-- What filters offer: the tags, channels and assignees without an account that are or were in use.
create table case_terms (
  org_id uuid not null references organisations (id),
  kind text not null check (kind in ('tag', 'channel', 'assignee')),
  term text not null,
  primary key (org_id, kind, term)
);

-- Who may see a restricted case. Apart from assignment, which says who does the work.
create table case_viewers (
  org_id uuid not null,
  case_id uuid not null,
  user_id uuid not null,
  added_by uuid references users (id),
  added_at bigint not null,
  primary key (org_id, case_id, user_id),
  foreign key (org_id, case_id) references cases (org_id, id),
  foreign key (org_id, user_id) references memberships (org_id, user_id)
);
create index case_viewers_by_user on case_viewers (org_id, user_id, case_id);

-- A case is closed because a closure says so: who, when, with what outcome. Reopening ends it.
create table case_closures (
  org_id uuid not null,
  id uuid not null,
  case_id uuid not null,
  outcome text not null,
  reason text not null,
  closed_by uuid references users (id),
  closed_at bigint not null,
  reopened_by uuid references users (id),
  reopened_at bigint,
  primary key (org_id, id),
  foreign key (org_id, case_id) references cases (org_id, id)
);
create index case_closures_by_case on case_closures (org_id, case_id, closed_at);

create table case_links (
  org_id uuid not null,
  case_id uuid not null,
  other_id uuid not null,
  kind text not null check (kind in ('related', 'duplicate', 'follow_up')),
  created_by uuid references users (id),
  created_at bigint not null,
  primary key (org_id, case_id, other_id),
  foreign key (org_id, case_id) references cases (org_id, id),
  foreign key (org_id, other_id) references cases (org_id, id),
  check (case_id <> other_id)
);
create index case_links_by_other on case_links (org_id, other_id);

-- Kept counts of the cases that everybody in the organisation may see.
create table case_tallies (
  org_id uuid not null,
  type_id uuid not null,
  state_key text not null,
  cases bigint not null check (cases >= 0),
  primary key (org_id, type_id, state_key),
  foreign key (org_id, type_id, state_key) references case_states (org_id, type_id, key)
);

create table entries (
  org_id uuid not null,
  id uuid not null,
  case_id uuid not null,
  kind text not null check (kind in ('note', 'call', 'meeting', 'email', 'event', 'state', 'field')),
  occurred_at bigint not null,
  author_id uuid references users (id),
  author_label text,
  body text not null,
  body_html text not null,
  visibility text not null check (visibility in ('everyone', 'supervisors', 'author')),
  pinned_at bigint,
  external_id text,
  created_at bigint not null,
  edited_at bigint,
  version bigint not null,
  primary key (org_id, id),
  unique (org_id, case_id, external_id),
  foreign key (org_id, case_id) references cases (org_id, id)
);
create index entries_by_case on entries (org_id, case_id, occurred_at, id);

create table entry_revisions (
  org_id uuid not null,
  entry_id uuid not null,
  version bigint not null,
  body text not null,
  written_by uuid references users (id),
  written_at bigint not null,
  primary key (org_id, entry_id, version),
  foreign key (org_id, entry_id) references entries (org_id, id)
);

-- Typing is sacred: the text of an editor that is not saved yet, per person and place.
create table drafts (
  org_id uuid not null references organisations (id),
  user_id uuid not null references users (id),
  place text not null,
  body text not null,
  updated_at bigint not null,
  primary key (org_id, user_id, place)
);

-- Which columns a person wants to see in the list.
create table list_columns (
  org_id uuid not null references organisations (id),
  user_id uuid not null references users (id),
  columns jsonb not null,
  primary key (org_id, user_id)
);

-- The second lock: without the organisation set on the connection there are no rows.
alter table case_types enable row level security;
alter table case_types force row level security;
create policy tenant on case_types
  using (org_id = nullif(current_setting('casetrakr.org', true), '')::uuid);
alter table case_states enable row level security;
alter table case_states force row level security;
create policy tenant on case_states
  using (org_id = nullif(current_setting('casetrakr.org', true), '')::uuid);
alter table case_transitions enable row level security;
alter table case_transitions force row level security;
create policy tenant on case_transitions
  using (org_id = nullif(current_setting('casetrakr.org', true), '')::uuid);
alter table case_fields enable row level security;
alter table case_fields force row level security;
create policy tenant on case_fields
  using (org_id = nullif(current_setting('casetrakr.org', true), '')::uuid);
alter table case_series enable row level security;
alter table case_series force row level security;
create policy tenant on case_series
  using (org_id = nullif(current_setting('casetrakr.org', true), '')::uuid);
alter table cases enable row level security;
alter table cases force row level security;
create policy tenant on cases
  using (org_id = nullif(current_setting('casetrakr.org', true), '')::uuid);
alter table case_tags enable row level security;
alter table case_tags force row level security;
create policy tenant on case_tags
  using (org_id = nullif(current_setting('casetrakr.org', true), '')::uuid);
alter table case_terms enable row level security;
alter table case_terms force row level security;
create policy tenant on case_terms
  using (org_id = nullif(current_setting('casetrakr.org', true), '')::uuid);
alter table case_viewers enable row level security;
alter table case_viewers force row level security;
create policy tenant on case_viewers
  using (org_id = nullif(current_setting('casetrakr.org', true), '')::uuid);
alter table case_closures enable row level security;
alter table case_closures force row level security;
create policy tenant on case_closures
  using (org_id = nullif(current_setting('casetrakr.org', true), '')::uuid);
alter table case_links enable row level security;
alter table case_links force row level security;
create policy tenant on case_links
  using (org_id = nullif(current_setting('casetrakr.org', true), '')::uuid);
alter table case_tallies enable row level security;
alter table case_tallies force row level security;
create policy tenant on case_tallies
  using (org_id = nullif(current_setting('casetrakr.org', true), '')::uuid);
alter table entries enable row level security;
alter table entries force row level security;
create policy tenant on entries
  using (org_id = nullif(current_setting('casetrakr.org', true), '')::uuid);
alter table entry_revisions enable row level security;
alter table entry_revisions force row level security;
create policy tenant on entry_revisions
  using (org_id = nullif(current_setting('casetrakr.org', true), '')::uuid);
alter table drafts enable row level security;
alter table drafts force row level security;
create policy tenant on drafts
  using (org_id = nullif(current_setting('casetrakr.org', true), '')::uuid);
alter table list_columns enable row level security;
alter table list_columns force row level security;
create policy tenant on list_columns
  using (org_id = nullif(current_setting('casetrakr.org', true), '')::uuid);
