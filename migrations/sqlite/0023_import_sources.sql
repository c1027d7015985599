-- The ids of a file are those of the system that it comes from. Two systems may use the same ones for different cases, so
-- each has a name here, and a case is known by source and id together.
create table import_sources (
  org_id blob not null references organisations (id),
  id blob not null,
  name text not null,
  name_folded text not null,
  created_at integer not null,
  used_at integer not null,
  primary key (org_id, id),
  unique (org_id, name_folded)
) strict;

-- Under which id which source knows a case, and what that source last said of it: `base`. Whatever differs from it here
-- was changed by people, and stays. (`cases.external_id` is only what a page shows and a search finds.)
create table case_origins (
  org_id blob not null,
  source_id blob not null,
  external_id text not null,
  case_id blob not null,
  base text not null check (json_valid(base)),
  brought_at integer not null,
  primary key (org_id, source_id, external_id),
  foreign key (org_id, source_id) references import_sources (org_id, id),
  foreign key (org_id, case_id) references cases (org_id, id)
) strict;
create index case_origins_by_case on case_origins (org_id, case_id);
create index case_origins_by_id on case_origins (org_id, external_id);

-- What a source's words for states mean here, once somebody has said so.
create table import_states (
  org_id blob not null,
  type_id blob not null,
  source_id blob not null,
  word text not null,
  state_key text not null,
  primary key (org_id, type_id, source_id, word),
  foreign key (org_id, source_id) references import_sources (org_id, id),
  foreign key (org_id, type_id, state_key) references case_states (org_id, type_id, key)
) strict;

-- What was imported before there were sources came from one. Its name can be chosen again for the next file.
insert into import_sources (org_id, id, name, name_folded, created_at, used_at)
select org_id, org_id, 'Earlier imports', 'earlier imports', min(created_at), max(created_at)
from cases
where external_id is not null
group by org_id;

insert into case_origins (org_id, source_id, external_id, case_id, base, brought_at)
select org_id, org_id, external_id, id, '{}', created_at
from cases
where external_id is not null;

-- What stands in the columns of a file: how often each is filled, and how many values it has.
alter table imports add column profile text not null default '[]' check (json_valid(profile));
