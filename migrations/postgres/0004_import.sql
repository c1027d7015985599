-- Bringing in cases. The file lies in the database until its import has ended, so any node can go on with it.
-- An import counts as there only once it is no longer 'uploading'.

create table imports (
  org_id uuid not null references organisations (id),
  id uuid not null,
  type_id uuid,
  file_name text not null,
  bytes bigint not null,
  delimiter text not null,
  encoding text not null,
  header jsonb not null,
  sample jsonb not null,
  mapping jsonb not null,
  status text not null check (status in ('uploading', 'uploaded', 'checking', 'checked', 'running', 'done', 'cancelled', 'failed')),
  report jsonb not null,
  rows_total bigint not null,
  rows_done bigint not null,
  created_by uuid not null references users (id),
  created_at bigint not null,
  finished_at bigint,
  version bigint not null,
  primary key (org_id, id),
  foreign key (org_id, type_id) references case_types (org_id, id)
);

-- The file in pieces of one size, the last one shorter.
create table import_chunks (
  org_id uuid not null,
  import_id uuid not null,
  part bigint not null,
  bytes bytea not null,
  primary key (org_id, import_id, part),
  foreign key (org_id, import_id) references imports (org_id, id)
);

-- Rows that were left out: where, why, what to do, and the row itself.
create table import_rejects (
  org_id uuid not null,
  import_id uuid not null,
  line bigint not null,
  column_name text not null,
  reason text not null,
  cure text not null,
  cells jsonb not null,
  primary key (org_id, import_id, line),
  foreign key (org_id, import_id) references imports (org_id, id)
);

-- How columns were matched the last time that a file had these headings.
create table import_mappings (
  org_id uuid not null references organisations (id),
  fingerprint text not null,
  mapping jsonb not null,
  used_at bigint not null,
  primary key (org_id, fingerprint)
);

-- The second lock: without the organisation set on the connection there are no rows.
alter table imports enable row level security;
alter table imports force row level security;
create policy tenant on imports
  using (org_id = nullif(current_setting('casetrakr.org', true), '')::uuid);
alter table import_chunks enable row level security;
alter table import_chunks force row level security;
create policy tenant on import_chunks
  using (org_id = nullif(current_setting('casetrakr.org', true), '')::uuid);
alter table import_rejects enable row level security;
alter table import_rejects force row level security;
create policy tenant on import_rejects
  using (org_id = nullif(current_setting('casetrakr.org', true), '')::uuid);
alter table import_mappings enable row level security;
alter table import_mappings force row level security;
create policy tenant on import_mappings
  using (org_id = nullif(current_setting('casetrakr.org', true), '')::uuid);
