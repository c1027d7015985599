-- Bringing in cases. The file lies in the database until its import has ended, so any node can go on with it.
-- An import counts as there only once it is no longer 'uploading'.

create table imports (
  org_id blob not null references organisations (id),
  id blob not null,
  type_id blob,
  file_name text not null,
  bytes integer not null,
  delimiter text not null,
  encoding text not null,
  header text not null check (json_valid(header)),
  sample text not null check (json_valid(sample)),
  mapping text not null check (json_valid(mapping)),
  status text not null check (status in ('uploading', 'uploaded', 'checking', 'checked', 'running', 'done', 'cancelled', 'failed')),
  report text not null check (json_valid(report)),
  rows_total integer not null,
  rows_done integer not null,
  created_by blob not null references users (id),
  created_at integer not null,
  finished_at integer,
  version integer not null,
  primary key (org_id, id),
  foreign key (org_id, type_id) references case_types (org_id, id)
) strict;

-- The file in pieces of one size, the last one shorter.
create table import_chunks (
  org_id blob not null,
  import_id blob not null,
  part integer not null,
  bytes blob not null,
  primary key (org_id, import_id, part),
  foreign key (org_id, import_id) references imports (org_id, id)
) strict;

-- Rows that were left out: where, why, what to do, and the row itself.
create table import_rejects (
  org_id blob not null,
  import_id blob not null,
  line integer not null,
  column_name text not null,
  reason text not null,
  cure text not null,
  cells text not null check (json_valid(cells)),
  primary key (org_id, import_id, line),
  foreign key (org_id, import_id) references imports (org_id, id)
) strict;

-- How columns were matched the last time that a file had these headings.
create table import_mappings (
  org_id blob not null references organisations (id),
  fingerprint text not null,
  mapping text not null check (json_valid(mapping)),
  used_at integer not null,
  primary key (org_id, fingerprint)
) strict;
