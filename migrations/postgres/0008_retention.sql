-- What account holders decide about their own data, what the operator must hold back, and what retention has done.
-- These tables are about accounts and whole organisations and are found before an organisation is known.

-- Messages sent to a person: that there was one, and how it went. The text is not kept; it may hold a single-use link.
create table mails (
  id uuid not null primary key,
  user_id uuid references users (id),
  recipient text not null,
  recipient_folded text not null,
  subject text not null,
  queued_at bigint not null,
  sent_at bigint,
  failed_at bigint
);
create index mails_by_recipient on mails (recipient_folded, queued_at);
create index mails_by_user on mails (user_id, queued_at);

-- A new address waits here until its link is opened.
create table email_changes (
  token_hash bytea not null primary key,
  user_id uuid not null references users (id),
  email text not null,
  email_folded text not null,
  created_at bigint not null,
  expires_at bigint not null,
  used_at bigint
);
create index email_changes_by_user on email_changes (user_id, created_at);

-- An account that is to be erased. The row goes when its person keeps the account; it stays, as an id without a
-- person, for as long as a backup could bring the erased data back.
create table account_deletions (
  user_id uuid not null primary key references users (id),
  asked_at bigint not null,
  erase_after bigint not null,
  erased_at bigint,
  certificate text not null
);

-- A purpose that rests on legitimate interest and that a person has objected to.
create table objections (
  user_id uuid not null references users (id),
  purpose text not null,
  objected_at bigint not null,
  primary key (user_id, purpose)
);

-- An organisation that is being closed or has been erased. It outlives the organisation, so it refers to nothing.
create table organisation_closures (
  organisation uuid not null primary key,
  closed_by uuid not null references users (id),
  closed_at bigint not null,
  erase_after bigint not null,
  erased_at bigint,
  certificate text not null
);
create index organisation_closures_by_person on organisation_closures (closed_by, closed_at);

-- What must not be erased for now, and on whose word.
create table legal_holds (
  id uuid not null primary key,
  scope text not null check (scope in ('account', 'organisation', 'case')),
  subject_id uuid not null,
  organisation uuid,
  reason text not null,
  authority text not null,
  placed_by text not null,
  placed_at bigint not null,
  review_on text not null,
  released_at bigint,
  released_by text,
  release_reason text
);
create index legal_holds_in_force on legal_holds (scope, subject_id) where released_at is null;

-- What each day's run has removed: names of rules and counts.
create table retention_runs (
  day text not null primary key,
  ran_at bigint not null,
  removed text not null
);
