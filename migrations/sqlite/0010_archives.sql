-- Archives of a whole organisation, which its owners take along. The content lies sealed in pieces for seven days.

create table archives (
  org_id blob not null references organisations (id),
  id blob not null,
  status text not null check (status in ('waiting', 'working', 'ready', 'failed', 'stopped', 'removed')),
  asked_by blob not null references users (id),
  asked_at integer not null,
  rows_done integer not null,
  rows_total integer not null,
  rows_in integer not null,
  bytes integer not null,
  sha256 text,
  expires_at integer,
  ended_at integer,
  downloads integer not null,
  failure text,
  primary key (org_id, id)
) strict;
-- One at a time.
create unique index archives_in_work on archives (org_id) where status in ('waiting', 'working');
create index archives_by_time on archives (org_id, asked_at, id);

create table archive_pieces (
  org_id blob not null,
  archive_id blob not null,
  part integer not null,
  sealed blob not null,
  made_at integer not null,
  primary key (org_id, archive_id, part),
  foreign key (org_id, archive_id) references archives (org_id, id)
) strict;
