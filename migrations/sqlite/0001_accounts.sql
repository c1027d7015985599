-- Who uses the product. These tables are about accounts (the operator is controller) and are found
-- before an organisation is known, so they carry no row-level security.

create table organisations (
  id blob not null primary key,
  name text not null,
  time_zone text not null,
  created_at integer not null,
  version integer not null
) strict;

-- The operator's own place: what concerns accounts and no organisation is recorded there.
insert into organisations (id, name, time_zone, created_at, version) values (x'00000000000000000000000000000000', 'Operator', 'UTC', 0, 1);

create table users (
  id blob not null primary key,
  email text not null,
  email_folded text not null unique,
  name text not null,
  password_hash text not null,
  email_verified_at integer,
  adult_attested_at integer not null,
  created_at integer not null,
  version integer not null
) strict;

-- An acknowledgement says which text a person was shown; it is never taken for consent.
create table acknowledgements (
  user_id blob not null references users (id),
  document text not null,
  document_version text not null,
  acknowledged_at integer not null,
  primary key (user_id, document, document_version)
) strict;

create table memberships (
  org_id blob not null references organisations (id),
  user_id blob not null references users (id),
  role text not null check (role in ('owner', 'admin', 'supervisor', 'caseworker', 'read_only')),
  joined_at integer not null,
  left_at integer,
  version integer not null,
  primary key (org_id, user_id)
) strict;
create index memberships_by_user on memberships (user_id, org_id);

create table invitations (
  org_id blob not null references organisations (id),
  id blob not null,
  email text not null,
  email_folded text not null,
  role text not null check (role in ('owner', 'admin', 'supervisor', 'caseworker', 'read_only')),
  token_hash blob not null unique,
  invited_by blob not null references users (id),
  created_at integer not null,
  expires_at integer not null,
  accepted_at integer,
  revoked_at integer,
  primary key (org_id, id)
) strict;

create table sessions (
  id blob not null primary key,
  token_hash blob not null unique,
  user_id blob not null references users (id),
  org_id blob references organisations (id),
  created_at integer not null,
  last_seen_at integer not null,
  expires_at integer not null,
  address text not null,
  user_agent text not null,
  revoked_at integer
) strict;
create index sessions_by_user on sessions (user_id, last_seen_at);

-- Single-use links, kept as hashes: a copy of the database opens nothing.
create table tokens (
  token_hash blob not null primary key,
  user_id blob not null references users (id),
  purpose text not null check (purpose in ('verify_email', 'reset_password')),
  created_at integer not null,
  expires_at integer not null,
  used_at integer
) strict;
create index tokens_by_user on tokens (user_id, purpose);

create table throttles (
  bucket text not null primary key,
  failures integer not null,
  blocked_until integer not null,
  last_at integer not null
) strict;

-- What a person had typed into a form that was refused, sealed, for ten minutes.
create table kept_forms (
  token_hash blob not null primary key,
  sealed blob not null,
  expires_at integer not null
) strict;

create table jobs (
  id blob not null primary key,
  org_id blob references organisations (id),
  kind text not null,
  payload text not null,
  run_at integer not null,
  attempts integer not null,
  leased_until integer,
  created_at integer not null,
  finished_at integer,
  last_error text
) strict;
create index jobs_waiting on jobs (run_at, id) where finished_at is null;
