-- The ids of a file are those of the system that it comes from. Two systems may use the same ones for different cases, so
-- each has a name here, and a case is known by source and id together.
create table import_sources (
  org_id uuid not null references organisations (id),
  id uuid not null,
  name text not null,
  name_folded text not null,
  created_at bigint not null,
  used_at bigint not null,
  primary key (org_id, id),
  unique (org_id, name_folded)
);

-- Under which id which source knows a case, and what that source last said of it: `base`. Whatever differs from it here
-- was changed by people, and stays. (`cases.external_id` is only what a page shows and a search finds.)
create table case_origins (
  org_id uuid not null,
  source_id uuid not null,
  external_id text not null,
  case_id uuid not null,
  base jsonb not null,
  brought_at bigint not null,
  primary key (org_id, source_id, external_id),
  foreign key (org_id, source_id) references import_sources (org_id, id),
  foreign key (org_id, case_id) references cases (org_id, id)
);
create index case_origins_by_case on case_origins (org_id, case_id);
create index case_origins_by_id on case_origins (org_id, external_id);

-- What a source's words for states mean here, once somebody has said so.
create table import_states (
  org_id uuid not null,
  type_id uuid not null,
  source_id uuid not null,
  word text not null,
  state_key text not null,
  primary key (org_id, type_id, source_id, word),
  foreign key (org_id, source_id) references import_sources (org_id, id),
  foreign key (org_id, type_id, state_key) references case_states (org_id, type_id, key)
);

-- What was imported before there were sources came from one. Its name can be chosen again for the next file.
alter table cases no force row level security;
insert into import_sources (org_id, id, name, name_folded, created_at, used_at)
select org_id, org_id, 'Earlier imports', 'earlier imports', min(created_at), max(created_at)
from cases
where external_id is not null
group by org_id;

insert into case_origins (org_id, source_id, external_id, case_id, base, brought_at)
select org_id, org_id, external_id, id, '{}', created_at
from cases
where external_id is not null;
set constraints all immediate;
alter table cases force row level security;

-- What stands in the columns of a file: how often each is filled, and how many values it has.
alter table imports add column profile jsonb not null default '[]';

-- The second lock: without the organisation set on the connection there are no rows.
alter table import_sources enable row level security;
alter table import_sources force row level security;
create policy tenant on import_sources
  using (org_id = nullif(current_setting('casetrakr.org', true), '')::uuid);
alter table case_origins enable row level security;
alter table case_origins force row level security;
create policy tenant on case_origins
  using (org_id = nullif(current_setting('casetrakr.org', true), '')::uuid);
alter table import_states enable row level security;
alter table import_states force row level security;
create policy tenant on import_states
  using (org_id = nullif(current_setting('casetrakr.org', true), '')::uuid);
