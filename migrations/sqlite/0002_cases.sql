-- Case data: the organisation's own. Every table leads with org_id, every foreign key stays inside it.

create table case_types (
  org_id blob not null references organisations (id),
  id blob not null,
  key text not null,
  name text not null,
  number_format text not null,
  default_due_days integer,
  position integer not null,
  created_at integer not null,
  archived_at integer,
  version integer not null,
  primary key (org_id, id),
  unique (org_id, key)
) strict;

create table case_states (
  org_id blob not null,
  type_id blob not null,
  key text not null,
  name text not null,
  kind text not null check (kind in ('open', 'waiting', 'closed')),
  position integer not null,
  primary key (org_id, type_id, key),
  foreign key (org_id, type_id) references case_types (org_id, id)
) strict;

create table case_transitions (
  org_id blob not null,
  type_id blob not null,
  from_key text not null,
  to_key text not null,
  name text not null,
  required text not null check (json_valid(required)),
  position integer not null,
  primary key (org_id, type_id, from_key, to_key),
  foreign key (org_id, type_id, from_key) references case_states (org_id, type_id, key),
  foreign key (org_id, type_id, to_key) references case_states (org_id, type_id, key)
) strict;

create table case_fields (
  org_id blob not null,
  type_id blob not null,
  key text not null,
  label text not null,
  kind text not null check (kind in ('text', 'long_text', 'number', 'date', 'yes_no', 'choice', 'choices', 'member')),
  options text not null check (json_valid(options)),
  required integer not null check (required in (0, 1)),
  position integer not null,
  archived_at integer,
  primary key (org_id, type_id, key),
  foreign key (org_id, type_id) references case_types (org_id, id)
) strict;

-- The next number of a series such as 'LA-2026-'. A number is taken in the transaction that creates its case.
create table case_series (
  org_id blob not null references organisations (id),
  series text not null,
  next integer not null,
  primary key (org_id, series)
) strict;

create table cases (
  org_id blob not null,
  id blob not null,
  type_id blob not null,
  number text not null,
  title text not null,
  search_text text not null,
  state_key text not null,
  state_kind text not null check (state_kind in ('open', 'waiting', 'closed')),
  assignee_id blob,
  assignee_label text,
  channel text,
  priority integer not null check (priority between 1 and 4),
  due_at integer,
  opened_at integer not null,
  closed_at integer,
  restricted integer not null check (restricted in (0, 1)),
  external_id text,
  fields text not null check (json_valid(fields)),
  created_by blob references users (id),
  created_at integer not null,
  updated_at integer not null,
  version integer not null,
  primary key (org_id, id),
  unique (org_id, number),
  unique (org_id, external_id),
  foreign key (org_id, type_id) references case_types (org_id, id),
  foreign key (org_id, type_id, state_key) references case_states (org_id, type_id, key),
  foreign key (org_id, assignee_id) references memberships (org_id, user_id),
  check ((closed_at is not null) = (state_kind = 'closed'))
) strict;
create index cases_by_opened on cases (org_id, opened_at, id);
create index cases_by_updated on cases (org_id, updated_at, id);
create index cases_by_due on cases (org_id, due_at, id);
create index cases_by_kind on cases (org_id, state_kind, opened_at, id);
create index cases_by_type on cases (org_id, type_id, state_key, opened_at, id);
create index cases_by_assignee on cases (org_id, assignee_id, state_kind, opened_at, id);
create index cases_restricted on cases (org_id, restricted, id);

create table case_tags (
  org_id blob not null,
  tag text not null,
  case_id blob not null,
  primary key (org_id, tag, case_id),
  foreign key (org_id, case_id) references cases (org_id, id)
) strict;
create index case_tags_by_case on case_tags (org_id, case_id, tag);

-- What filters offer: the tags, channels and assignees without an account that are or were in use.
create table case_terms (
  org_id blob not null references organisations (id),
  kind text not null check (kind in ('tag', 'channel', 'assignee')),
  term text not null,
  primary key (org_id, kind, term)
) strict;

-- Who may see a restricted case. Apart from assignment, which says who does the work.
create table case_viewers (
  org_id blob not null,
  case_id blob not null,
  user_id blob not null,
  added_by blob references users (id),
  added_at integer not null,
  primary key (org_id, case_id, user_id),
  foreign key (org_id, case_id) references cases (org_id, id),
  foreign key (org_id, user_id) references memberships (org_id, user_id)
) strict;
create index case_viewers_by_user on case_viewers (org_id, user_id, case_id);

-- A case is closed because a closure says so: who, when, with what outcome. Reopening ends it.
create table case_closures (
  org_id blob not null,
  id blob not null,
  case_id blob not null,
  outcome text not null,
  reason text not null,
  closed_by blob references users (id),
  closed_at integer not null,
  reopened_by blob references users (id),
  reopened_at integer,
  primary key (org_id, id),
  foreign key (org_id, case_id) references cases (org_id, id)
) strict;
create index case_closures_by_case on case_closures (org_id, case_id, closed_at);

create table case_links (
  org_id blob not null,
  case_id blob not null,
  other_id blob not null,
  kind text not null check (kind in ('related', 'duplicate', 'follow_up')),
  created_by blob references users (id),
  created_at integer not null,
  primary key (org_id, case_id, other_id),
  foreign key (org_id, case_id) references cases (org_id, id),
  foreign key (org_id, other_id) references cases (org_id, id),
  check (case_id <> other_id)
) strict;
create index case_links_by_other on case_links (org_id, other_id);

-- Kept counts of the cases that everybody in the organisation may see.
create table case_tallies (
  org_id blob not null,
  type_id blob not null,
  state_key text not null,
  cases integer not null check (cases >= 0),
  primary key (org_id, type_id, state_key),
  foreign key (org_id, type_id, state_key) references case_states (org_id, type_id, key)
) strict;

create table entries (
  org_id blob not null,
  id blob not null,
  case_id blob not null,
  kind text not null check (kind in ('note', 'call', 'meeting', 'email', 'event', 'state', 'field')),
  occurred_at integer not null,
  author_id blob references users (id),
  author_label text,
  body text not null,
  body_html text not null,
  visibility text not null check (visibility in ('everyone', 'supervisors', 'author')),
  pinned_at integer,
  external_id text,
  created_at integer not null,
  edited_at integer,
  version integer not null,
  primary key (org_id, id),
  unique (org_id, case_id, external_id),
  foreign key (org_id, case_id) references cases (org_id, id)
) strict;
create index entries_by_case on entries (org_id, case_id, occurred_at, id);

create table entry_revisions (
  org_id blob not null,
  entry_id blob not null,
  version integer not null,
  body text not null,
  written_by blob references users (id),
  written_at integer not null,
  primary key (org_id, entry_id, version),
  foreign key (org_id, entry_id) references entries (org_id, id)
) strict;

-- Typing is sacred: the text of an editor that is not saved yet, per person and place.
create table drafts (
  org_id blob not null references organisations (id),
  user_id blob not null references users (id),
  place text not null,
  body text not null,
  updated_at integer not null,
  primary key (org_id, user_id, place)
) strict;

-- Which columns a person wants to see in the list.
create table list_columns (
  org_id blob not null references organisations (id),
  user_id blob not null references users (id),
  columns text not null check (json_valid(columns)),
  primary key (org_id, user_id)
) strict;
