-- Archives of a whole organisation, which its owners take along. The content lies sealed in pieces for seven days.

create table archives (
  org_id uuid not null references organisations (id),
  id uuid not null,
  status text not null check (status in ('waiting', 'working', 'ready', 'failed', 'stopped', 'removed')),
  asked_by uuid not null references users (id),
  asked_at bigint not null,
  rows_done bigint not null,
  rows_total bigint not null,
  rows_in bigint not null,
  bytes bigint not null,
  sha256 text,
  expires_at bigint,
  ended_at bigint,
  downloads bigint not null,
  failure text,
  primary key (org_id, id)
);
-- One at a time.
create unique index archives_in_work on archives (org_id) where status in ('waiting', 'working');
create index archives_by_time on archives (org_id, asked_at, id);

create table archive_pieces (
  org_id uuid not null,
  archive_id uuid not null,
  part bigint not null,
  sealed bytea not null,
  made_at bigint not null,
  primary key (org_id, archive_id, part),
  foreign key (org_id, archive_id) references archives (org_id, id)
);

-- The second lock: without the organisation set on the connection there are no rows.
alter table archives enable row level security;
alter table archives force row level security;
create policy tenant on archives
  using (org_id = nullif(current_setting('casetrakr.org', true), '')::uuid);
alter table archive_pieces enable row level security;
alter table archive_pieces force row level security;
create policy tenant on archive_pieces
  using (org_id = nullif(current_setting('casetrakr.org', true), '')::uuid);
