-- Who uses the product. These tables are about accounts (the operator is controller) and are found
-- before an organisation is known, so they carry no row-level security.

create table organisations (
  id uuid not null primary key,
  name text not null,
  time_zone text not null,
  created_at bigint not null,
  version bigint not null
);

-- The operator's own place: what concerns accounts and no organisation is recorded there.
insert into organisations (id, name, time_zone, created_at, version) values ('00000000-0000-0000-0000-000000000000', 'Operator', 'UTC', 0, 1);

create table users (
  id uuid not null primary key,
  email text not null,
  email_folded text not null unique,
  name text not null,
  password_hash text not null,
  email_verified_at bigint,
  adult_attested_at bigint not null,
  created_at bigint not null,
  version bigint not null
);

-- An acknowledgement says which text a person was shown; it is never taken for consent.
create table acknowledgements (
  user_id uuid not null references users (id),
  document text not null,
  document_version text not null,
  acknowledged_at bigint not null,
  primary key (user_id, document, document_version)
);

create table memberships (
  org_id uuid not null references organisations (id),
  user_id uuid not null references users (id),
  role text not null check (role in ('owner', 'admin', 'supervisor', 'caseworker', 'read_only')),
  joined_at bigint not null,
  left_at bigint,
  version bigint not null,
  primary key (org_id, user_id)
);
create index memberships_by_user on memberships (user_id, org_id);

create table invitations (
  org_id uuid not null references organisations (id),
  id uuid not null,
  email text not null,
  email_folded text not null,
  role text not null check (role in ('owner', 'admin', 'supervisor', 'caseworker', 'read_only')),
  token_hash bytea not null unique,
  invited_by uuid not null references users (id),
  created_at bigint not null,
  expires_at bigint not null,
  accepted_at bigint,
  revoked_at bigint,
  primary key (org_id, id)
);

create table sessions (
  id uuid not null primary key,
  token_hash bytea not null unique,
  user_id uuid not null references users (id),
  org_id uuid references organisations (id),
  created_at bigint not null,
  last_seen_at bigint not null,
  expires_at bigint not null,
  address text not null,
  user_agent text not null,
  revoked_at bigint
);
create index sessions_by_user on sessions (user_id, last_seen_at);

-- Single-use links, kept as hashes: a copy of the database opens nothing.
create table tokens (
  token_hash bytea not null primary key,
  user_id uuid not null references users (id),
  purpose text not null check (purpose in ('verify_email', 'reset_password')),
  created_at bigint not null,
  expires_at bigint not null,
  used_at bigint
);
create index tokens_by_user on tokens (user_id, purpose);

create table throttles (
  bucket text not null primary key,
  failures bigint not null,
  blocked_until bigint not null,
  last_at bigint not null
);

-- What a person had typed into a form that was refused, sealed, for ten minutes.
create table kept_forms (
  token_hash bytea not null primary key,
  sealed bytea not null,
  expires_at bigint not null
);

create table jobs (
  id uuid not null primary key,
  org_id uuid references organisations (id),
  kind text not null,
  payload text not null,
  run_at bigint not null,
  attempts bigint not null,
  leased_until bigint,
  created_at bigint not null,
  finished_at bigint,
  last_error text
);
create index jobs_waiting on jobs (run_at, id) where finished_at is null;
