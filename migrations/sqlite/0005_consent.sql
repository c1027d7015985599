-- What people have chosen about cookies, as receipts, and what is counted with their permission. Both concern browsers
-- and accounts (the operator is controller) and belong to no organisation. No address and no browser name is in here.

create table consent_receipts (
  id blob not null primary key,
  -- Random, made with the first choice of a browser, so that its later choices can be told together.
  device_id blob not null,
  user_id blob references users (id),
  replaces blob,
  notice_version integer not null,
  notice_sha256 text not null,
  ui_version integer not null,
  language text not null,
  preferences integer not null check (preferences in (0, 1)),
  analytics integer not null check (analytics in (0, 1)),
  method text not null check (method in ('accept', 'reject', 'save', 'withdraw', 'gpc', 'account_merge')),
  opt_out_signal integer not null check (opt_out_signal in (0, 1)),
  chosen_at integer not null,
  expires_at integer not null,
  -- Over everything above but the account; the audit event of the same transaction holds it too.
  sha256 blob not null
) strict;
create index consent_receipts_by_device on consent_receipts (device_id, chosen_at);
create index consent_receipts_by_user on consent_receipts (user_id, chosen_at) where user_id is not null;
create index consent_receipts_by_end on consent_receipts (expires_at);

-- The newest explicit choice of an account, which every request of a signed-in person reads.
create table account_consents (
  user_id blob not null primary key references users (id),
  receipt_id blob not null references consent_receipts (id),
  notice_version integer not null,
  preferences integer not null check (preferences in (0, 1)),
  analytics integer not null check (analytics in (0, 1)),
  method text not null check (method in ('accept', 'reject', 'save', 'withdraw', 'gpc', 'account_merge')),
  chosen_at integer not null
) strict;

-- One row an event, for ninety days: a random id of the browser, a name from a closed list, the hour. Nothing else.
create table usage_events (
  id blob not null primary key,
  browser_id blob not null,
  event text not null,
  at integer not null
) strict;
create index usage_events_by_browser on usage_events (browser_id, at);
create index usage_events_by_time on usage_events (at, id);

-- How often, a day. It holds no id of anything.
create table usage_counts (
  day text not null,
  event text not null,
  events integer not null,
  primary key (day, event)
) strict;
